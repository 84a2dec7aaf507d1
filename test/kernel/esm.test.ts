import assert from 'node:assert/strict';
import {test} from 'node:test';
import {resolveExports} from '../../src/kernel/esm';

test('exports are chosen as import would choose them', () => {
  assert.equal(resolveExports('./a.js', '.'), './a.js');
  assert.equal(resolveExports({import: './m.mjs', require: './c.cjs'}, '.'), './m.mjs');
  assert.equal(resolveExports({browser: './b.js', node: {require: './c.cjs', default: './n.mjs'}}, '.'), './n.mjs');
  assert.equal(resolveExports({'.': './a.js', './sub': [{worker: './w.js'}, './s.js']}, './sub'), './s.js');
  assert.equal(resolveExports({'./*': './lib/*.js', './in/*': './inner/*.js'}, './in/x'), './inner/x.js');
  assert.equal(resolveExports({'./*': './lib/*.js', './in/*': null}, './in/x'), null);
  assert.equal(resolveExports({'.': './a.js'}, './missing'), null);
});
