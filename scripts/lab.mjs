#!/usr/bin/env node
// JupyterLab on the notebooks, with the TypeScript kernel of the project's .venv: npm run lab [-- JupyterLab's own options]
import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {venvPython} from './setup/python.mjs';
import {root} from './setup/run.mjs';
import {failSetup, setup} from './setup.mjs';

const {missing} = await setup({jupyter: true}).catch(failSetup);
// The reason and the cure were printed by set-up.
if (missing.some(({name}) => name === 'Jupyter' || name === 'kernel')) process.exit(1);

const lab = spawn(venvPython(root), ['-m', 'jupyterlab', join(root, 'notebooks'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// Ctrl-C reaches JupyterLab too, which asks before it ends; this process waits for its answer.
process.on('SIGINT', () => {});
lab.on('error', error => failSetup(error));
lab.on('exit', code => process.exit(code ?? 1));
