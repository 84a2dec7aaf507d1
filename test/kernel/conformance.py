"""The protocol's own test suite (jupyter_kernel_test) on this kernel, with two sets of samples.

Run by conformance.test.ts; by hand: .venv/bin/python -m unittest -v test/kernel/conformance.py
"""
import unittest

from jupyter_kernel_test import IopubWelcomeTests, KernelTests


class SmallSamples(KernelTests):
    kernel_name = "multimodal-gan"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('to the other stream')"
    completion_samples = [
        {"text": "Math.ma", "matches": {"max"}},
        {"text": "'x'.toUpperC", "matches": {"toUpperCase"}},
        {"text": "kernel.sig", "matches": {"signal"}},
    ]
    complete_code_samples = ["1", "const a = 3", "function f() {\n  return 1;\n}", "// a remark", "", "await 1"]
    incomplete_code_samples = ["function f() {", "const text = `first line", "/* a remark", "if (1 < 2", "[1, 2,", "1 +"]
    invalid_code_samples = ["const = 3", "f(1))", "}", "let 5x = 1", "class 5 {}"]
    code_page_something = ""
    code_generate_error = "throw new Error('on purpose')"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "'a' + 'b'", "result": "'ab'"},
        {"code": "[1, 2].map(x => x + 1)", "result": "[ 2, 3 ]"},
        {"code": "await Promise.resolve(5n)", "result": "5n"},
    ]
    code_display_data = [
        {"code": "kernel.display({'text/html': '<b>bold</b>', 'text/plain': 'bold'})", "mime": "text/html"},
        {"code": "import {display} from 'tslab';\ndisplay.markdown('*x*')", "mime": "text/markdown"},
    ]
    code_history_pattern = "6 [*] ?"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.max"
    code_clear_output = "kernel.clearOutput()"


class NotebookSamples(SmallSamples):
    """What the cells of the course look like."""

    code_hello_world = "for (const name of ['hello', 'world']) process.stdout.write(name === 'world' ? name : `${name}, `);"
    code_stderr = "process.emitWarning('training without an engine');\nawait new Promise(done => setTimeout(done, 20));"
    completion_samples = [
        {"text": "import * as tf from '@tensorflow/tfjs';\ntf.matM", "matches": {"matMul"}},
        {"text": "const losses = {realism: 0.4, agreement: 0.2};\nlosses.agr", "matches": {"agreement"}},
    ]
    complete_code_samples = [
        "import * as tf from '@tensorflow/tfjs';\nconst weights = tf.ones([2, 3]);\nweights.shape",
        "for (let step = 0; step < 3; step++) {\n  await new Promise(done => setTimeout(done, 1));\n}",
        "type Part = Float32Array | string;",
    ]
    incomplete_code_samples = [
        "const model = buildModel({\n  latentDim: 16,",
        "for (const batch of batches) {\n  const loss = step(batch);",
        "const caption = `a thin\n slanted",
    ]
    invalid_code_samples = ["const loss = ;", "for (const x of) {}", "model.generate(4, {seed: 7)};"]
    code_generate_error = "const size: number = 'three';"
    code_execute_result = [
        {"code": "import * as tf from '@tensorflow/tfjs';\ntf.tensor([[1, -2], [3, 4]])"},
        {"code": "new Float32Array([0.5, -1.5])", "result": "Float32Array(2), -1.5 to 0.5, mean -0.5\n[0.5, -1.5]"},
        {
            "code": "({[Symbol.for('Jupyter.display')]: () => ({'text/html': '<i>own</i>', 'text/plain': 'own'})})",
            "result": "<i>own</i>",
            "mime": "text/html",
        },
    ]
    code_display_data = [
        {
            "code": "kernel.display({'application/vnd.plotly.v1+json': {data: [{y: [1, 2]}], layout: {}}, 'text/plain': 'a line'});",
            "mime": "application/vnd.plotly.v1+json",
        }
    ]
    code_history_pattern = "new Float32Array(*"
    code_inspect_sample = "import * as tf from '@tensorflow/tfjs';\ntf.matMul"
    code_clear_output = "console.log('epoch 1');\nkernel.clearOutput({wait: true});\nconsole.log('epoch 2');"


class Welcome(IopubWelcomeTests):
    kernel_name = "multimodal-gan"
    support_iopub_welcome = True


del KernelTests, IopubWelcomeTests

if __name__ == "__main__":
    unittest.main(verbosity=2)
