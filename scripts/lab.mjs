#!/usr/bin/env node
// JupyterLab on the notebooks, with the TypeScript kernel of the project's .venv: npm run lab [-- JupyterLab's own options]
// Another folder: npm run lab -- --ServerApp.root_dir=FOLDER
import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {venvPython} from './setup/python.mjs';
import {root} from './setup/run.mjs';
import {failSetup, setup} from './setup.mjs';

const {missing} = await setup({jupyter: true}).catch(failSetup);
// The reason and the cure were printed by set-up.
if (missing.some(({name}) => name === 'Jupyter' || name === 'kernel')) process.exit(1);

const options = process.argv.slice(2);
// JupyterLab takes a folder twice without a word, and the first one counts.
const folder = options.some(option => option.startsWith('--ServerApp.root_dir')) ? [] : [join(root, 'notebooks')];
const lab = spawn(venvPython(root), ['-m', 'jupyterlab', ...folder, ...options], {stdio: 'inherit'});
// Ctrl-C reaches JupyterLab too, which asks before it ends; this process waits for its answer.
process.on('SIGINT', () => {});
// Only JupyterLab can end its kernels.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => lab.kill('SIGTERM'));
lab.on('error', error => failSetup(error));
lab.on('exit', code => process.exit(code ?? 1));
