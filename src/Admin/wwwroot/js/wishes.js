// What the person pressed while the server could not be reached: told again until it is heard, also after the page was loaded again.
const kept = ['pause', 'end', 'withdraw']; // everything that stops the recording; in the order of their weight

/** @param session the session's id: what was pressed in one is never told of another. @param send tells the server and brings its answer. */
export function wishes(session, send) {
  const key = `wish ${session}`;
  let name = kept.find((known) => known === sessionStorage.getItem(key)) ?? null;
  let telling = false;

  const wish = {
    get name() { return name; },

    keep(wanted) {
      if (name && kept.indexOf(wanted) < kept.indexOf(name)) return;
      name = wanted;
      sessionStorage.setItem(key, name);
    },

    forget() {
      name = null;
      sessionStorage.removeItem(key);
    },

    /** The server's answer; null: it was not heard, or something stronger was pressed meanwhile. Throws what the server refuses. */
    async tell() {
      if (telling || !name) return null;
      telling = true;
      const told = name;
      try {
        const answer = await send(told);
        if (name !== told) return null;
        wish.forget();
        return answer;
      } catch (error) {
        if (wishes.isUnheard(error)) return null;
        wish.forget();
        throw error;
      } finally {
        telling = false;
      }
    },
  };
  return wish;
}

/** Whether nobody who could act on it heard the request. */
wishes.isUnheard = (error) => error.status === undefined || error.status >= 500;

wishes.areKept = (name) => kept.includes(name);
