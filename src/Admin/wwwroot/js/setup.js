// Draws the authenticator's address as a QR code. The secret never leaves the page.
import { generate } from '/lib/lean-qr/index.mjs';
import { toSvg } from '/lib/lean-qr/svg.mjs';

const place = document.getElementById('qr');
place.append(toSvg(generate(place.dataset.address), document, { on: '#111', off: '#fff', padX: 2, padY: 2 }));
