// The indicator in a small window that stays on top of all others, where the browser has such windows (Document Picture-in-Picture).
const size = { width: 400, height: 250 };
const shown = ['pause', 'resume', 'end']; // what can be pressed there too

/** @param opener the button that opens it, hidden where it cannot be opened. @param press what a button does there, by its name. */
export function floating(opener, press) {
  const windows = globalThis.documentPictureInPicture;
  let parts = null;
  let last = null;

  const paint = (view, buttons) => {
    last = [view, buttons];
    opener.hidden = !windows || parts !== null || ['over', 'ending', 'left'].includes(view.phase);
    if (parts) fill(parts, view, buttons);
  };

  async function open() {
    let small;
    try {
      small = await windows.requestWindow(size);
    } catch {
      opener.hidden = true; // the browser has them and does not allow this one: the page goes on without
      return;
    }
    parts = build(small.document, press);
    small.addEventListener('pagehide', () => { parts = null; if (last) paint(...last); });
    if (last) paint(...last);
  }

  if (windows) opener.addEventListener('click', open);
  return { paint };
}

/** The same look by the same style sheets; nothing inline, so that the page's content security policy holds there too. */
function build(page, press) {
  const { lang, dataset } = document.documentElement;
  page.documentElement.lang = lang;
  if (dataset.bsTheme) page.documentElement.dataset.bsTheme = dataset.bsTheme;
  for (const sheet of document.querySelectorAll('link[rel="stylesheet"]')) {
    const copy = page.createElement('link');
    copy.rel = 'stylesheet';
    copy.href = sheet.href;
    page.head.append(copy);
  }

  const element = (name, className, ...children) => {
    const made = page.createElement(name);
    made.className = className;
    made.append(...children);
    return made;
  };
  const [title, detail, lamp] = [element('h1', ''), element('p', ''), element('span', 'lamp')];
  lamp.setAttribute('aria-hidden', 'true');
  const indicator = element('section', 'indicator', lamp, element('div', '', title, detail));
  indicator.setAttribute('aria-live', 'assertive');
  const buttons = Object.fromEntries(shown.map((name) => {
    const button = element('button', name === 'end' ? 'btn btn-danger' : 'btn');
    button.type = 'button';
    button.addEventListener('click', () => press(name));
    return [name, button];
  }));
  page.body.className = 'floating';
  page.body.append(element('main', '', indicator, element('div', 'actions', ...Object.values(buttons))));
  return { page, indicator, title, detail, buttons };
}

function fill(parts, view, pressed) {
  parts.page.title = document.title;
  parts.indicator.dataset.phase = view.phase;
  for (const [element, text] of [[parts.title, view.title], [parts.detail, view.detail]]) {
    if (element.textContent !== text) element.textContent = text;
  }
  for (const [name, button] of Object.entries(parts.buttons)) {
    if (button.textContent !== pressed[name].textContent) button.textContent = pressed[name].textContent;
    button.hidden = pressed[name].hidden;
    button.disabled = pressed[name].disabled;
  }
}
