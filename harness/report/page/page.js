'use strict';

const form = document.getElementById('filter');
const result = document.getElementById('filter-result');
const rows = [...document.querySelectorAll('details.requirement')];
const texts = new Map(rows.map(row => [row, row.textContent.toLowerCase()]));

/** Shows the requirements that fit the form, and their groups. */
function applyFilter() {
  const asked = new FormData(form);
  const words = asked.get('text').toLowerCase().split(/\s+/);
  const verdicts = asked.getAll('verdict');
  const profile = asked.get('profile');
  for (const row of rows) {
    const fits =
      verdicts.includes(row.dataset.verdict) &&
      (profile === '' || profile === row.dataset.profile) &&
      words.every(word => texts.get(row).includes(word));
    row.hidden = !fits;
  }
  for (const group of document.querySelectorAll('section.group'))
    group.hidden = group.querySelector('details.requirement:not([hidden])') === null;
  result.value = `${rows.filter(row => !row.hidden).length} of ${rows.length} shown`;
}

/** Opens what a link leads to, and shows it where the filter hides it. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!(target instanceof HTMLDetailsElement)) return;
  if (target.hidden) {
    form.reset();
    applyFilter();
  }
  target.open = true;
  target.scrollIntoView();
  target.querySelector('summary').focus({preventScroll: true});
}

function setOpen(open) {
  for (const row of rows) if (!row.hidden) row.open = open;
}

form.hidden = false;
form.addEventListener('input', applyFilter);
form.addEventListener('submit', event => event.preventDefault());
form.addEventListener('reset', () => requestAnimationFrame(applyFilter));
document.getElementById('open-all').addEventListener('click', () => setOpen(true));
document.getElementById('close-all').addEventListener('click', () => setOpen(false));
addEventListener('hashchange', openTarget);
openTarget();
