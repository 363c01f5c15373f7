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

const language = document.documentElement.lang;
const relativeTime = new Intl.RelativeTimeFormat(language);
const units = [
  [31_536_000, 'year'],
  [2_592_000, 'month'],
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
];

/** The rule of text/relative-time.ts. Counts from the age the server sent, so that a wrong local clock does no harm. */
function refreshTimes() {
  for (const time of document.querySelectorAll('time[data-age]')) {
    const seconds = Number(time.dataset.age) + performance.now() / 1000;
    const [size, unit] = units.find(([each]) => seconds >= each) ?? [];
    if (unit === undefined) continue; // still "just now", as the server wrote
    time.textContent = relativeTime.format(-Math.floor(seconds / size), unit);
  }
}
setInterval(refreshTimes, 15_000);

/** One click copies; where the browser doesn't let us, the text is at least selected. */
async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    const status = button.parentElement.querySelector('[role=status]');
    status.textContent = button.dataset.copied;
    setTimeout(() => status.replaceChildren(), 4_000);
  } catch {
    getSelection().selectAllChildren(source);
  }
}

for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', () => void copy(button));
}

/** The date that a number of days comes to, counted from the server's clock. Typing one chooses it. */
function showCustomDate(input) {
  const [output] = input.parentElement.getElementsByTagName('output');
  const days = input.valueAsNumber;
  const isPossible = input.validity.valid && days > 0;
  const date = new Date(Date.parse(input.dataset.from) + days * 86_400_000);
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  output.textContent = isPossible ? format.format(date) : output.dataset.hint;
}

for (const input of document.querySelectorAll('input[data-from]')) {
  const choice = document.getElementById('custom');
  input.addEventListener('input', () => {
    choice.checked = true;
    showCustomDate(input);
  });
  choice.addEventListener('change', () => input.focus());
}

/** One box that ticks all others of its form. */
for (const label of document.querySelectorAll('label[data-selects]')) {
  const [all] = label.getElementsByTagName('input');
  const others = () => [...all.form.elements].filter(({ type }) => type === 'checkbox').filter((box) => box !== all);
  label.hidden = false;
  all.checked = false;
  all.addEventListener('change', () => {
    for (const box of others()) box.checked = all.checked;
  });
  all.form.addEventListener('change', () => {
    all.checked = others().every(({ checked }) => checked);
  });
}

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
