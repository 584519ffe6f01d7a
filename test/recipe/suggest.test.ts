import assert from 'node:assert/strict';
import { closest, closestKey, editDistance } from '../../src/recipe/suggest.ts';

describe('suggest', () => {
  it('counts edits, a swap of neighbours as one', () => {
    assert.equal(editDistance('train', 'train'), 0);
    assert.equal(editDistance('train', 'trian'), 1);
    assert.equal(editDistance('kitten', 'sitting'), 3);
    assert.equal(editDistance('', 'abc'), 3);
  });

  it('suggests what is near, and nothing for what is not', () => {
    assert.equal(closest('trian', ['train', 'data']), 'train');
    assert.equal(closest('TRAIN', ['train', 'data']), 'train');
    assert.equal(closest('xyzzy', ['train', 'data']), undefined);
    assert.equal(closest('ab', ['cd']), undefined);
  });

  it('takes the nearest of several', () => {
    assert.equal(closest('plug-kp', ['plug-zh', 'plug-ko']), 'plug-ko');
  });

  it('finds a key by its last part', () => {
    const keys = ['train.learningRate', 'model.dModel'];
    assert.equal(closestKey('learningrate', keys), 'train.learningRate');
    assert.equal(closestKey('model.learningRate', keys), 'train.learningRate');
    assert.equal(closestKey('model.dModl', keys), 'model.dModel');
    assert.equal(closestKey('zzz', keys), undefined);
  });
});
