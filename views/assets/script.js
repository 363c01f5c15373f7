// Comfort on top of pages that work without it: the code's dash, times that stay true, one submission per click.

/** Eight letters with a dash in the middle, the caret where the person left it. */
function formatCode(input) {
  const letters = (text) => text.replace(/[^a-z0-9]/gi, '').toUpperCase();
  const before = letters(input.value.slice(0, input.selectionStart)).length;
  const code = letters(input.value);
  input.value = code.length > 4 ? `${code.slice(0, 4)}-${code.slice(4)}` : code;
  const caret = before > 4 ? before + 1 : before;
  input.setSelectionRange(caret, caret);
}

for (const input of document.querySelectorAll('input.code-input')) {
  // While an input method composes a character its text must not be touched.
  input.addEventListener('input', (event) => event.isComposing || formatCode(input));
  if (input.value !== '') formatCode(input);
}

/** The rule of text/relative-time.ts. Counts from the age the server sent, so that a wrong local clock does no harm. */
function refreshTimes() {
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' });
  for (const time of document.querySelectorAll('time[data-age]')) {
    const seconds = Number(time.dataset.age) + performance.now() / 1000;
    if (seconds < 60) time.textContent = format.format(0, 'second');
    else if (seconds < 3600) time.textContent = format.format(-Math.floor(seconds / 60), 'minute');
    else time.textContent = format.format(-Math.floor(seconds / 3600), 'hour');
  }
}
setInterval(refreshTimes, 15_000);

// The button isn't disabled: a disabled button's name and value would not be sent.
for (const form of document.forms) {
  form.addEventListener('submit', (event) => {
    if (form.hasAttribute('data-busy')) event.preventDefault();
    form.setAttribute('data-busy', '');
    setTimeout(() => form.removeAttribute('data-busy'), 10_000); // an answer that never came may be asked for again
  });
}
// The browser's "back" may bring the page as it was left.
addEventListener('pageshow', () => {
  for (const form of document.forms) form.removeAttribute('data-busy');
});
