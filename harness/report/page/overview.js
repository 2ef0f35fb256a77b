// overview.js - search and filter: what of the overview is shown. What it shows stands in the HTML.

const $ = (id) => document.getElementById(id);

function makeFilter(changed) {
  const form = $('filter'), main = $('overview');
  let cells = null, broken, others, scenarios, topics;

  // Read once, when it is first needed: an overview that nobody filters costs nothing.
  function read() {
    if (cells) return;
    const text = (e) => e.textContent.toLowerCase();
    const reasons = new Map();
    broken = [...main.querySelectorAll('.list [data-i]:not(a)')];
    for (const e of broken) {
      const i = e.dataset.i;
      reasons.set(i, (reasons.get(i) || '') + ' ' + text(e.closest('.cards > li') || e));
    }
    scenarios = [...main.querySelectorAll('.scenario')];
    topics = [...main.querySelectorAll('.topic')];
    others = [...main.querySelectorAll('.list')];
    cells = [];
    for (const topic of topics) {
      const name = form.elements.topic.options[Number(topic.dataset.t) + 1].value;
      for (const scenario of topic.querySelectorAll('.scenario')) {
        const about = `${name}/${text(scenario.querySelector('header'))} ${name}/${text(scenario.querySelector('h4'))} `;
        for (const a of scenario.querySelectorAll('a.c'))
          cells.push({
            a, scenario, topic, name, verdict: a.classList[1], words: about + a.getAttribute('aria-label').toLowerCase() + (reasons.get(a.dataset.i) || ''),
          });
      }
    }
  }

  const state = () => ({
    q: form.elements.q.value.trim(),
    topic: form.elements.topic.value,
    v: [...form.elements.v].filter((e) => e.checked).map((e) => e.value),
  });

  function apply() {
    const s = state(), words = s.q.toLowerCase().split(/\s+/).filter(Boolean), any = words.length || s.topic || s.v.length;
    $('reset').hidden = !any;
    if (!any && !cells) return;
    read();
    const kept = new Set(), shown = new Set();
    let count = 0;
    for (const c of cells) {
      const fits = (!s.topic || c.name === s.topic) && (!s.v.length || s.v.includes(c.verdict)) && words.every((w) => c.words.includes(w));
      c.a.classList.toggle('off', !fits);
      if (!fits) continue;
      count++;
      kept.add(c.a.dataset.i);
      shown.add(c.scenario).add(c.topic);
    }
    for (const e of scenarios) e.hidden = !shown.has(e);
    for (const e of topics) e.hidden = !shown.has(e);
    for (const e of broken) e.hidden = !kept.has(e.dataset.i);
    for (const e of others) e.hidden = any && !e.querySelector('[data-i]:not(a):not([hidden])');
    for (const e of main.querySelectorAll('#skipped .cards > li, #broken .cards > li')) e.hidden = any && !e.querySelector('li:not([hidden])');
    for (const e of main.querySelectorAll('#topics tr[data-t]')) e.hidden = !topics.some((t) => t.dataset.t === e.dataset.t && shown.has(t));
    $('topics').hidden = $('legend').hidden = count === 0;
    $('nothing').hidden = count > 0;
    $('shown').textContent = any ? `${count} of ${cells.length} cases` : `${cells.length} case${cells.length === 1 ? '' : 's'}`;
  }

  form.hidden = false;
  form.addEventListener('submit', (e) => e.preventDefault());
  form.addEventListener('input', () => {
    apply();
    changed(state());
  });
  form.addEventListener('reset', () => {
    set({ q: '', topic: '', v: [] });
    changed(state());
    form.elements.q.focus();
  });
  function set(s) {
    form.elements.q.value = s.q;
    form.elements.topic.value = s.topic;
    for (const e of form.elements.v) e.checked = s.v.includes(e.value);
    apply();
  }
  // a mark says in words what it is when somebody points at it
  main.addEventListener('pointerover', (e) => {
    const a = e.target.closest('a.c');
    if (a && !a.title) a.title = a.getAttribute('aria-label');
  });
  return { set };
}
