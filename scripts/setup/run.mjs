// Runs a program to its end. Used by set-up and by the test command; plain Node, no dependencies.
import {spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/**
 * Resolves to {code, output, seconds} when the program has ended; never rejects. A program that cannot be started has
 * code 127, one ended by a signal 128. `show: true` passes its output through as well as collecting it.
 * `signals` are passed on to the program instead of ending this one first.
 */
export function run(command, args, {cwd = root, env = process.env, show = false, signals = []} = {}) {
  const started = performance.now();
  return new Promise(resolve => {
    let output = '';
    const child = spawn(command, args, {cwd, env, stdio: ['ignore', 'pipe', 'pipe']});
    child.stdout.on('data', data => {
      output += data;
      if (show) process.stdout.write(data);
    });
    child.stderr.on('data', data => {
      output += data;
      if (show) process.stderr.write(data);
    });
    const pass = signal => child.kill(signal);
    for (const signal of signals) process.on(signal, pass);
    const end = code => {
      for (const signal of signals) process.off(signal, pass);
      resolve({code, output, seconds: secondsSince(started)});
    };
    child.on('error', error => {
      output += error.message;
      end(127);
    });
    child.on('close', (code, signal) => end(signal ? 128 : code));
  });
}

/** @param started a reading of performance.now(). */
export function secondsSince(started) {
  return (performance.now() - started) / 1000;
}

/** The line of a program's output that says best why it failed: npm's first reason, else the first that speaks of an error, else the last. */
export function reasonIn(output) {
  const lines = output
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean);
  const npm = lines
    .map(line => line.match(/^npm (?:ERR!|error) (.+)/)?.[1])
    .find(line => line && !/^(code|errno|syscall|network This|A complete log)/.test(line));
  const telling = lines.find(line => /\berror\b|not found|No such|cannot|refused/i.test(line));
  return (npm ?? telling ?? lines.at(-1) ?? 'it said nothing').slice(0, 200);
}
