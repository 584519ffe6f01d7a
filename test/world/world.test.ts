import assert from 'node:assert/strict';
import { defaultSettings } from '../../src/world/settings.ts';
import { buildWorld, relations, toldPeople, triple } from '../../src/world/world.ts';

const world = buildWorld();

describe('the world', () => {
  it('is the same for the same settings and another for another seed', () => {
    const triples = (w: typeof world) =>
      JSON.stringify(w.people.map((p) => relations.map((r) => triple(p, r))));
    assert.equal(triples(buildWorld()), triples(world));
    assert.notEqual(triples(buildWorld({ ...defaultSettings, seed: 'another' })), triples(world));
  });

  it('has people with names that no two share, in any script', () => {
    assert.equal(world.people.length, 200);
    for (const script of ['latin', 'hangul', 'han'] as const) {
      assert.equal(new Set(world.people.map(({ name }) => name[script])).size, 200);
    }
  });

  it('splits the people into tuning and evaluation', () => {
    assert.equal(world.tuning.length, 140);
    assert.equal(world.evaluation.length, 60);
    const tuning = new Set(world.tuning);
    assert.ok(world.evaluation.every((person) => !tuning.has(person)));
  });

  it('gives everyone a teacher other than themselves who works as one and is a tuning person', () => {
    const tuning = new Set(world.tuning);
    for (const person of world.people) {
      const { teacher } = person.values;
      assert.notEqual(teacher, person);
      assert.equal(teacher.values.works_as, 'teacher');
      assert.ok(tuning.has(teacher));
    }
  });

  it('tells nobody held out in a target language, unless its share says so', () => {
    const heldOut = new Set(world.evaluation);
    for (const language of ['ko', 'zh', 'it', 'es']) {
      const told = toldPeople(world, language);
      assert.equal(told.length, Math.round(200 * defaultSettings.toldShare[language]));
      assert.ok(told.every((person) => !heldOut.has(person)));
    }
    assert.equal(toldPeople(world, 'en').length, 200);
    const control = buildWorld({ ...defaultSettings, toldShare: { ko: 1 } });
    assert.equal(toldPeople(control, 'ko').length, 200);
  });

  it('refuses more people than there are names', () => {
    assert.throws(() => buildWorld({ ...defaultSettings, people: 1300 }), /expected at most 1200 people/);
  });
});
