// The import rules of the house: a room may import rooms to its left only, and never in a circle.
const rooms = ['datasets', 'features', 'networks', 'fusion', 'model', 'losses', 'training', 'evaluation', 'presets', 'tasks', 'plots', 'notebook', 'cli'];
const toTheRightOf = room => rooms.slice(rooms.indexOf(room) + 1);

module.exports = {
  forbidden: [
    {name: 'no-cycles', severity: 'error', from: {}, to: {circular: true}},
    {name: 'core-imports-none', severity: 'error', from: {path: '^src/core/'}, to: {path: '^src/', pathNot: '^src/core/'}},
    {name: 'backend-imports-core-only', severity: 'error', from: {path: '^src/backend/'}, to: {path: '^src/', pathNot: '^src/(core|backend)/'}},
    {name: 'kernel-imports-core-only', severity: 'error', from: {path: '^src/kernel/'}, to: {path: '^src/', pathNot: '^src/(core|kernel)/'}},
    {
      name: 'one-place-imports-tensorflow',
      comment: 'src/core/tensorflow.ts hands TensorFlow.js to every room; engines are loaded in src/backend only.',
      severity: 'error',
      from: {path: '^src/', pathNot: '^src/(core/tensorflow\\.ts|backend/)'},
      to: {path: '@tensorflow/'},
    },
    ...rooms.slice(0, -1).map(room => ({
      name: `${room}-imports-leftward`,
      severity: 'error',
      from: {path: `^src/${room}/`},
      to: {path: `^src/(${[...toTheRightOf(room), ...(room === 'notebook' ? [] : ['kernel'])].join('|')})/`},
    })),
    {name: 'nothing-imports-the-package-index', severity: 'error', from: {path: '^src/', pathNot: '^src/index\\.ts$'}, to: {path: '^src/index\\.ts$'}},
  ],
  options: {tsPreCompilationDeps: true, tsConfig: {fileName: 'tsconfig.json'}, doNotFollow: {path: 'node_modules'}},
};
