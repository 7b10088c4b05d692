// Passkeys: the browser asks the device, and the form takes its answer to the server.
import { ask } from '/js/own.js';

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const [alert, button, field] = [form.querySelector('[data-said]'), form.querySelector('button[type=submit]'), form.elements.credential];
  const say = (words) => { alert.textContent = words; alert.hidden = false; };
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
    button.disabled = true;
    say(form.dataset.without);
    continue;
  }
  form.addEventListener('submit', async (event) => {
    if (field.value) return; // the device has answered
    event.preventDefault();
    alert.hidden = true;
    button.disabled = true;
    try {
      const options = await ask(form.dataset.passkey, { method: 'POST' });
      const credential = options.user
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      field.value = JSON.stringify(credential.toJSON());
      button.disabled = false;
      form.requestSubmit();
    } catch (failed) {
      button.disabled = false;
      say(failed.name === 'NotAllowedError' ? form.dataset.refused : failed.message);
    }
  });
}
