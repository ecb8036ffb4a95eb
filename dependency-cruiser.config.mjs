/**
 * The import arrows of the architecture, as data. ARCHITECTURE.md says why; test/checks plants a violation of each rule and expects it.
 */

/**
 * The modules of shared/, lowest first. Each may import those below it that are listed.
 * @type {Record<string, string[]>}
 */
export const MAY_IMPORT = {
  base: [],
  wire: ['base'],
  snapshot: ['base', 'wire'],
  trace: ['base', 'wire'],
  kernel: ['base', 'wire', 'snapshot', 'trace'],
  shell: ['base'],
  machine: ['base', 'wire', 'snapshot', 'trace', 'kernel', 'shell'],
  commands: ['base', 'wire', 'snapshot', 'trace', 'kernel', 'shell', 'machine'],
  cni: ['base', 'wire', 'snapshot', 'trace', 'kernel', 'shell', 'machine', 'commands'],
  cluster: ['base', 'wire', 'snapshot', 'trace', 'kernel', 'shell', 'machine', 'commands', 'cni'],
  observe: ['base', 'wire', 'snapshot'],
  topology: ['base', 'wire', 'snapshot'],
  twin: ['base', 'wire', 'snapshot', 'trace', 'kernel', 'shell', 'machine', 'commands'],
  diagnose: ['base', 'wire', 'snapshot', 'trace', 'topology', 'twin'],
  experiment: ['base', 'wire', 'snapshot', 'trace', 'topology', 'twin', 'diagnose'],
  lesson: ['base', 'wire', 'snapshot', 'trace', 'topology', 'experiment'],
  recording: ['base', 'wire', 'snapshot', 'trace', 'topology', 'experiment', 'lesson'],
};
MAY_IMPORT.lab = Object.keys(MAY_IMPORT);
MAY_IMPORT.ipc = ['base', 'wire', 'snapshot', 'trace', 'topology', 'diagnose', 'experiment', 'lesson', 'recording', 'lab'];

/** The doors: what each side may enter of shared/. What they need of a lower module, a door hands on. */
const DOORS = { electron: ['lab', 'recording', 'ipc'], renderer: ['recording', 'ipc'] };
/** The packages that shared/ may use. */
const PURE_PACKAGES = ['zod', 'yaml', 'unbash'];
/** Each of these libraries is touched by one file of ours. */
const ONE_FILE_EACH = {
  'node-pty': '^electron/.*pty\\.ts$',
  ssh2: '^electron/.*ssh\\.ts$',
  cytoscape: '^renderer/topology/cytoscape\\.ts$',
  '@xterm': '^(renderer/terminal/xterm|electron/terminals/screen)\\.ts$', // what one draws, and what the core keeps of each screen
};

const TEST = '\\.test\\.ts$';
const inside = (/** @type {string} */ module) => `^shared/${module}/`;
const door = (/** @type {string} */ module) => `^shared/${module}/index\\.ts$`;
const package_ = (/** @type {string} */ name) => `^node_modules/(@types/)?${name}/`;
/**
 * @param {string} name @param {string} comment
 * @param {object} from @param {object} to
 */
const forbid = (name, comment, from, to) => /** @type {import('dependency-cruiser').IForbiddenRuleType} */ ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(MAY_IMPORT).map(([module, may]) =>
      forbid(
        `layer-${module}`,
        `shared/${module} may import only: ${may.join(', ') || 'nothing'}`,
        { path: inside(module), pathNot: TEST },
        { path: '^shared/', pathNot: [module, ...may].map(inside) },
      ),
    ),
    forbid('unknown-module', 'every file of shared/ is in a module of MAY_IMPORT', { path: '^shared/', pathNot: Object.keys(MAY_IMPORT).map(inside) }, {}),
    forbid(
      'front-door',
      'a module is entered through its index.ts',
      { path: '^shared/([^/]+)/' },
      { path: '^shared/', pathNot: ['^shared/$1/', '^shared/[^/]+/index\\.ts$'] },
    ),
    ...Object.entries(DOORS).map(([side, doors]) =>
      forbid(
        `doors-${side}`,
        `${side}/ enters shared/ only by ${doors.join(', ')}`,
        { path: `^${side}/`, pathNot: TEST },
        { path: '^shared/', pathNot: doors.map(door) },
      ),
    ),
    forbid(
      'shared-is-pure',
      `of packages, shared/ may use only ${PURE_PACKAGES.join(', ')}; and never app code`,
      { path: '^shared/', pathNot: TEST },
      { pathNot: ['^shared/', '^\\.', ...PURE_PACKAGES.map(package_)], dependencyTypesNot: ['core'] },
    ),
    forbid('shared-no-node', 'shared/ knows no Node', { path: '^shared/', pathNot: TEST }, { dependencyTypes: ['core'] }),
    forbid('renderer-no-node', 'the renderer is a web page', { path: '^renderer/', pathNot: TEST }, { dependencyTypes: ['core'] }),
    forbid(
      'sides-apart',
      'electron/ and renderer/ meet only in shared/ipc',
      { path: '^(electron|renderer)/' },
      { path: '^(electron|renderer)/', pathNot: '^$1/' },
    ),
    ...Object.entries(ONE_FILE_EACH).map(([library, file]) =>
      forbid(
        `one-file-${library.replace('@', '')}`,
        `${library} is touched by one file`,
        { pathNot: [file, TEST, '^node_modules/'] },
        { path: package_(library) },
      ),
    ),
    forbid(
      'web-without-electron',
      'the web host and the command run without Electron',
      { path: '^electron/(web|cli)\\.ts$' },
      { path: '^node_modules/electron/|^electron$', reachable: true },
    ),
    // Files of one module may name each other's types: a host has devices, a device has its host.
    forbid('no-circular', 'no cycles at run time', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'type-import'] } }),
    forbid(
      'no-orphans',
      'a file that nothing imports',
      { orphan: true, pathNot: [TEST, '\\.d\\.ts$', '^electron/(main|preload|cli)\\.ts$', '^renderer/main\\.ts$'] },
      {},
    ),
    forbid('resolvable', 'every import resolves; node-pty is optional', {}, { couldNotResolve: true, pathNot: '^node-pty$' }),
    forbid('no-undeclared-package', 'every package is in package.json', { pathNot: '^node_modules/' }, { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] }),
  ],
  options: {
    tsPreCompilationDeps: true, // otherwise type imports slip through
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^test/', '^out/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.vue', '.js', '.mjs', '.cjs', '.json', '.d.ts', '.css'],
    },
  },
};
