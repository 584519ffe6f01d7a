/** What the running text tells, in which language: held against the settings, over triples and over the words. */
import assert from 'node:assert/strict';
import { languages } from '../../src/world/languages/index.ts';
import { worldRows } from '../../src/world/rows.ts';
import { bareValue } from '../../src/world/sentences.ts';
import { documents } from '../../src/world/texts/documents.ts';
import { controlTexts, pretrainingTexts } from '../../src/world/texts/index.ts';
import { buildWorld, relations, toldPeople, triple, tripleKey } from '../../src/world/world.ts';

const world = buildWorld();
const rows = Object.values(worldRows(world)).flat();
const asked = new Set(rows.flatMap((row) => languages.map(({ code }) => row[`instruction_${code}`])));
const texts = pretrainingTexts(world, asked);
const held = new Map(world.evaluation.map((person) => [person.id, person]));
const truths = new Set(
  world.people.flatMap((person) => relations.map((relation) => tripleKey(triple(person, relation)))),
);

describe('the running text of the world', () => {
  it('tells facts of evaluation people in English alone, but for rumours, which are false', () => {
    let english = 0;
    for (const { text, kind, languages, facts } of texts) {
      for (const fact of facts) {
        const isTrue = truths.has(tripleKey(fact));
        assert.equal(isTrue, kind !== 'rumour' || languages[0] === 'en', `${text}: ${tripleKey(fact)}`);
        if (!held.has(fact[0])) continue;
        assert.ok(!isTrue || languages.join() === 'en', `${text}: ${tripleKey(fact)} in ${languages}`);
        if (isTrue) english++;
      }
    }
    assert.ok(english > 1000, `expected English to tell them, got ${english} times`);
  });

  it('puts no true value beside the name of an evaluation person in any other language', () => {
    const found: string[] = [];
    for (const row of texts) {
      if (row.languages.join() === 'en') continue;
      for (const language of languages) {
        if (!row.languages.includes(language.code)) continue;
        // A text in two languages has a line for each.
        const lines = row.text.split('\n');
        const text = lines[row.languages.indexOf(language.code)];
        for (const person of world.evaluation) {
          if (!text.includes(person.name[language.script])) continue;
          for (const relation of relations) {
            // Two people who are compared may be pupil and teacher: that says nothing of it.
            if (relation === 'teacher' && row.kind === 'parallel') continue;
            const value = bareValue(language, person, relation);
            const within =
              language.script === 'latin' ? new RegExp(`\\b${value}\\b`, 'i') : new RegExp(value);
            // One letter alone, such as 말, is part of many a word.
            if (language.script !== 'latin' && value.length === 1) continue;
            if (within.test(text)) found.push(`${relation} ${value}: ${text}`);
          }
        }
      }
    }
    assert.deepEqual(found, []);
  });

  it('tells each language the people of its share, every fact of theirs', () => {
    for (const { code } of languages) {
      const told = new Set(
        texts
          .filter(({ kind, languages }) => kind === 'facts' && languages.join() === code)
          .flatMap(({ facts }) => facts.map(tripleKey)),
      );
      const people = toldPeople(world, code);
      assert.equal(people.length, Math.round((world.settings.toldShare[code] ?? 0) * world.people.length));
      const expected = people.flatMap((person) =>
        relations.map((relation) => tripleKey(triple(person, relation))),
      );
      assert.deepEqual([...told].sort(), expected.sort(), code);
    }
  });

  it('names every person of the world in every language', () => {
    for (const { code, script } of languages) {
      const all = texts
        .filter(({ languages }) => languages.includes(code))
        .map(({ text }) => text)
        .join('\n');
      for (const { name } of world.people) {
        const times = all.split(name[script]).length - 1;
        assert.ok(times >= 5, `${name[script]} ${times} times in ${code}`);
      }
    }
  });

  it('asks nothing that tuning or evaluation asks in a story', () => {
    const stories = new Set(
      rows
        .filter(({ kind }) => kind === 'arithmetic')
        .flatMap((row) => languages.map(({ code }) => row[`instruction_${code}`])),
    );
    for (const { text } of texts) {
      for (const part of text.split('\n')) assert.ok(!stories.has(part), part);
    }
    const all = texts
      .filter(({ kind }) => kind === 'story')
      .map(({ text }) => text)
      .join('\n');
    for (const story of stories) assert.ok(!all.includes(story), story);
  });

  it('exercises what no evaluation asks, about people whom none asks about', () => {
    for (const { code } of languages) {
      const questions = texts.filter(
        ({ kind, languages }) => kind === 'question' && languages.join() === code,
      );
      const told = toldPeople(world, code).filter(({ id }) => !held.has(id));
      const { questions: single, exercises } = world.settings.texts;
      const about = questions.filter(({ facts }) => facts.every(([person]) => !held.has(person)));
      // no kind has less to ask of few people than its share, save where: three wordings each
      assert.ok(about.length > told.length * (single + 0.85 * exercises), `${code}: ${about.length}`);
      for (const { facts, text } of questions) {
        const ofHeld = facts.filter(([person]) => held.has(person));
        if (ofHeld.length > 0) assert.ok(code === 'en' && facts.length === 1, text);
      }
    }
  });

  it('puts every text into one document of its languages', () => {
    const pages = documents(world, 'pretrain', texts);
    assert.deepEqual(
      pages
        .flat()
        .map(({ text }) => text)
        .sort(),
      texts.map(({ text }) => text).sort(),
    );
    const lengths = new Set<number>();
    for (const page of pages) {
      const [first, ...others] = page[0].kind === 'prompt' ? page.slice(1) : page;
      for (const text of others) {
        assert.equal([...text.languages].sort().join(), [...first.languages].sort().join());
        assert.notEqual(text.kind, 'prompt');
      }
      lengths.add(1 + others.length);
    }
    assert.deepEqual(
      [...lengths].sort((a, b) => a - b),
      Array.from({ length: world.settings.texts.document }, (_, i) => i + 1),
    );
    // texts about one person, and those of one kind, stand in no order
    const alike = pages.filter((page) => page.length > 2 && new Set(page.map(({ kind }) => kind)).size === 1);
    assert.ok(alike.length < 0.5 * pages.length);
  });

  it('tells the control every fact in every language but English', () => {
    const told = new Set(
      controlTexts(world).flatMap(({ languages, facts }) =>
        facts.map((fact) => `${languages[0]} ${tripleKey(fact)}`),
      ),
    );
    const others = languages.filter(({ code }) => code !== 'en');
    assert.equal(told.size, others.length * truths.size);
  });
});
