// main.js - which of both views is open: the address after # says it. #q=…&v=fail&topic=… or #case=KEY&packet=4&axis=time

const dark = $('dark'), scheme = $('scheme'), prefersDark = matchMedia('(prefers-color-scheme: dark)');
const overview = $('overview'), caseView = $('case'), runTitle = document.title;

// Light or dark: as the reader's system has it until the switch says otherwise; printed always light.
function setScheme(name) {
  const on = name ? name === 'dark' : prefersDark.matches;
  dark.media = name ? (on ? 'screen' : 'not all') : 'screen and (prefers-color-scheme: dark)';
  scheme.textContent = on ? 'Light' : 'Dark';
  scheme.setAttribute('aria-label', on ? 'Switch to light colours' : 'Switch to dark colours');
}
function kept() {
  try {
    return localStorage.getItem('sockproof-scheme');
  } catch {
    return null; // a browser that keeps nothing for files
  }
}
setScheme(kept());
scheme.hidden = false;
prefersDark.addEventListener('change', () => setScheme(kept()));
scheme.addEventListener('click', () => {
  const name = scheme.textContent.toLowerCase();
  try {
    localStorage.setItem('sockproof-scheme', name);
  } catch { /* it holds for this visit */ }
  setScheme(name);
});

const cases = [...document.querySelectorAll('script[data-key]')].map((e, i) => ({ i, key: e.dataset.key }));
const byKey = new Map(cases.map((c) => [c.key, c]));
const caseLink = (c) => c && '#case=' + encodeURIComponent(c.key).replaceAll('%2F', '/');

// What the overview says of a case: its mark in the map
function about(c) {
  const a = overview.querySelector(`a.c[data-i="${c.i}"]`), article = a.closest('.scenario'), topic = a.closest('.topic');
  const name = $('topic').options[Number(topic.dataset.t) + 1].value;
  return {
    ...c,
    scenario: article.dataset.s,
    topic: name,
    name: article.dataset.name,
    label: a.getAttribute('aria-label').replace(/^\w+: /, '').replace(/, [^,]*$/, ''),
    before: caseLink(cases[c.i - 1]),
    next: caseLink(cases[c.i + 1]),
    bad: caseLink(nextBad(c.i)),
  };
}
function nextBad(i) {
  for (let k = i + 1; k < cases.length; k++) {
    const a = overview.querySelector(`a.c[data-i="${k}"]`);
    if (a && (a.classList.contains('fail') || a.classList.contains('error'))) return cases[k];
  }
  return null;
}

let home = '', scrolled = 0, opened = 0, place = null, later = 0, keptAt = -Infinity;

function hashOf(params) {
  return '#' + Object.entries(params).filter(([, v]) => v !== null && v !== '' && v !== undefined)
    .map(([k, v]) => `${k}=${encodeURIComponent(v).replaceAll('%2F', '/').replaceAll('%2C', ',')}`).join('&');
}
function keepHash(hash) {
  history.replaceState(null, '', hash === '#' ? location.pathname + location.search : hash);
}

// Whoever holds an arrow key down walks faster than a browser lets the address change (Chromium: 200 times in 10 s).
const ADDRESS_PAUSE = 100; // ms
function keepPlace() {
  if (later) return;
  later = setTimeout(() => {
    later = 0;
    keptAt = performance.now();
    // one that has gone back meanwhile, and of whom route() has yet to hear, is elsewhere
    if (new URLSearchParams(location.hash.slice(1)).get('case') === place.key) keepHash(hashOf({ case: place.key, packet: place.packet, axis: place.axis === 'time' ? 'time' : null }));
  }, Math.max(0, keptAt + ADDRESS_PAUSE - performance.now()));
}

const filter = makeFilter((s) => {
  home = hashOf({ q: s.q, v: s.v.join(','), topic: s.topic });
  keepHash(home);
});

function crumbs(entry) {
  const nav = $('crumbs');
  nav.replaceChildren();
  $('home').href = home || '#';
  if (!entry) return;
  nav.append(el('a', { href: home || '#' }, 'Overview'), ' / ', el('a', { href: hashOf({ topic: entry.topic }) }, entry.topic), ' / ', entry.name.replace(/^[^/]*\//, ''));
}

async function openCase(params) {
  const c = byKey.get(params.get('case')), turn = ++opened;
  if (!c) {
    openOverview(new URLSearchParams());
    $('says').textContent = `There is no case ${params.get('case')} in this report.`;
    return;
  }
  const entry = about(c), same = place && place.key === c.key && !caseView.hidden;
  if (!overview.hidden) scrolled = scrollY;
  place = { key: c.key, axis: params.get('axis') === 'time' ? 'time' : 'event', packet: params.get('packet') };
  let ladder = same && place.ladder;
  try {
    ladder = await showCase(caseView, entry, place, (change) => {
      if (turn !== opened) return;
      Object.assign(place, change);
      keepPlace();
    });
  } catch (e) {
    if (turn === opened) caseView.replaceChildren(el('p', { class: 'note' }, `This case cannot be shown: ${e.message}. A browser of 2023 or later is needed (DecompressionStream).`));
  }
  if (turn !== opened) return;
  overview.hidden = true;
  caseView.hidden = false;
  crumbs(entry);
  document.title = `${entry.name} ${entry.label} · sockproof`;
  scrollTo(0, 0);
  if (ladder) ladder.place();
  $('says').textContent = document.title;
  if (ladder && params.get('at') === 'break') ladder.goBroken();
  else if (ladder && params.get('packet')) ladder.go(Number(params.get('packet')));
  else caseView.querySelector('h1')?.focus({ preventScroll: true });
  caseView.dataset.ready = c.key;
}

function openOverview(params) {
  const back = overview.hidden;
  opened++;
  place = null;
  overview.hidden = false;
  caseView.hidden = true;
  delete caseView.dataset.ready;
  document.title = runTitle;
  if ([...params.keys()].length || !location.hash) {
    filter.set({ q: params.get('q') || '', topic: params.get('topic') || '', v: (params.get('v') || '').split(',').filter(Boolean) });
    home = location.hash;
  }
  crumbs(null);
  if (back) {
    caseView.replaceChildren();
    scrollTo(0, scrolled);
  }
}

function route() {
  clearTimeout(later);
  later = 0;
  const text = location.hash.slice(1), params = new URLSearchParams(text.includes('=') ? text : '');
  if (params.has('case')) openCase(params);
  else openOverview(params);
}
addEventListener('hashchange', route);
addEventListener('keydown', (e) => {
  if (e.key === '/' && caseView.hidden && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
    e.preventDefault();
    $('q').focus();
  }
});
// the address tells which view is open: the jump may not change it
document.querySelector('.jump').addEventListener('click', (e) => {
  e.preventDefault();
  $('content').focus();
});
route();
document.documentElement.dataset.ready = 'yes';
