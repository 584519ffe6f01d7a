import assert from 'node:assert/strict';
import { shown, shownFields } from '../src/shown.ts';

describe('values of files in messages', () => {
  it('names fields, cut and escaped where they would fill the terminal or break the line', () => {
    assert.equal(shownFields({ id: 1, 질문: 2 }), 'id, 질문');
    assert.equal(shownFields({}), 'no field');
    assert.equal(shownFields({ 'a\nb': 1, '\x1b[2J': 2 }), '"a\\nb", "\\u001b[2J"');
    assert.equal(shownFields({ ['x'.repeat(51)]: 1 }), `${'x'.repeat(50)}…`);
    const many = Object.fromEntries(Array.from({ length: 1021 }, (_, i) => [`f${i}`, i]));
    assert.match(shownFields(many), /^f0, f1, .*, f19 and 1,001 more$/);
  });

  it('cuts long values', () => {
    assert.equal(shown('a'), '"a"');
    assert.equal(shown('a'.repeat(300)).length, 201);
  });
});
