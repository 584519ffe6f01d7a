import assert from 'node:assert/strict';
import { familyNames, givenNames, type Script, spell, townNames } from '../../src/world/names.ts';

const scripts: Script[] = ['latin', 'hangul', 'han'];

describe('names', () => {
  it('correspond in every script', () => {
    assert.deepEqual(spell('to-ban'), { latin: 'Toban', hangul: '토반', han: '托班' });
    assert.deepEqual(spell('ka-sol'), { latin: 'Kasol', hangul: '카솔', han: '卡索尔' });
  });

  it('are told apart in every script', () => {
    for (const script of scripts) {
      for (const names of [givenNames.map(({ name }) => name), familyNames, townNames]) {
        assert.equal(new Set(names.map((name) => name[script])).size, names.length, script);
      }
    }
  });

  it('keep given names, family names and towns apart, but for a shared syllable row', () => {
    const given = new Set(givenNames.map(({ name }) => name.latin));
    const towns = new Set(townNames.map((name) => name.latin));
    for (const { latin } of familyNames) assert.ok(!towns.has(latin), latin);
    for (const name of given) assert.ok(!towns.has(name), name);
  });

  it('refuse a syllable that has no spelling', () => {
    assert.throws(() => spell('mi-xu'), /expected a known syllable, got "xu"/);
  });
});
