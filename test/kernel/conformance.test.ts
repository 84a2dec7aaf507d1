import assert from 'node:assert/strict';
import {join} from 'node:path';
import {test} from 'node:test';
import {Jupyter, withoutJupyter} from './jupyter';

test("the protocol's own test suite passes, on small and on realistic samples", {skip: withoutJupyter}, async () => {
  const jupyter = new Jupyter();
  try {
    jupyter.install();
    const {code, output} = await jupyter.run('python', [join(__dirname, 'conformance.py')]);
    assert.equal(code, 0, output);
    assert.match(output, /Ran 25 tests/);
    // The pager is the one thing that this kernel does not have; the protocol calls it deprecated.
    const skipped = output.split('\n').filter(line => / skipped /.test(line));
    assert.deepEqual(
      skipped.map(line => line.split(' ')[0]),
      ['test_pager', 'test_pager'],
      output,
    );
    assert.match(output, /OK \(skipped=2\)/);
  } finally {
    jupyter.remove();
  }
});
