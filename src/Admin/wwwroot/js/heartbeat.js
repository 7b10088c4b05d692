// Ticks every 2 seconds, also while its page is in the background.
setInterval(() => postMessage('tick'), 2000);
