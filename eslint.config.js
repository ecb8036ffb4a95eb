/**
 * Lint of the three worlds, with types. `createConfig` takes the folder so that test/checks can run the same rules on planted violations.
 */
import js from '@eslint/js';
import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';
import noFloatingGenerators from './scripts/lint/no-floating-generators.mjs';

/** Shared code takes time and chance as arguments. Most of the names are not in its types (tsconfig.shared.json); a package may bring them in. */
const IMPURE = [
  'Date',
  'Intl',
  'WeakRef',
  'FinalizationRegistry',
  'globalThis',
  'process',
  'Buffer',
  'require',
  'document',
  'window',
  'navigator',
  'console',
  'crypto',
];
const OF_THE_HOST = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'fetch',
  'TextEncoder',
  'TextDecoder',
  'URL',
  'AbortController',
];
/** @type {import('eslint').Linter.RulesRecord} */
const pure = {
  'no-restricted-globals': ['error', ...[...IMPURE, ...OF_THE_HOST].map((name) => ({ name, message: 'shared/ is pure: take it as an argument.' }))],
  'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'shared/ is pure: take an Rng.' }],
};

/** The renderer reaches the other side through renderer/bridge.ts alone. */
const throughBridge = (/** @type {string} */ name) => ({ name, message: 'Only renderer/bridge.ts reaches the other side.' });

/** @param {string} root */
export const createConfig = (root) =>
  tseslint.config(
    { ignores: ['**/node_modules/', 'out/', 'dist/', 'coverage/', 'test-results/', 'playwright-report/', 'resources/'] },
    { linterOptions: { reportUnusedDisableDirectives: 'error' } },
    js.configs.recommended,
    tseslint.configs.strictTypeChecked,
    vue.configs['flat/recommended'].map((config) => ({ files: ['**/*.vue'], ...config })),
    {
      plugins: { podwalk: { rules: { 'no-floating-generators': noFloatingGenerators } } },
      languageOptions: {
        parserOptions: {
          tsconfigRootDir: root,
          project: ['tsconfig.shared.json', 'tsconfig.node.json', 'tsconfig.web.json', 'tsconfig.e2e.json'],
          extraFileExtensions: ['.vue'],
        },
      },
      rules: {
        'podwalk/no-floating-generators': 'error',
        'no-control-regex': 'off', // terminals are made of control characters
        'no-undef': 'off', // the compiler knows better
        '@typescript-eslint/no-this-alias': 'off', // a walk up a tree starts at this
        '@typescript-eslint/no-invalid-void-type': 'off', // Result<void, E>
        'require-yield': 'off', // a program that never waits is a process like any other
        eqeqeq: 'error',
        'no-console': 'off',
        '@typescript-eslint/no-confusing-void-expression': 'off',
        '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }], // bytes and names, not emoji
        '@typescript-eslint/no-meaningless-void-operator': 'off',
        '@typescript-eslint/no-non-null-assertion': 'off', // what noUncheckedIndexedAccess makes necessary in hot loops
        '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
        // A third of the time of a run, for what does not happen here.
        '@typescript-eslint/no-deprecated': 'off',
        '@typescript-eslint/no-unsafe-enum-assignment': 'off',
        '@typescript-eslint/no-dynamic-delete': 'off', // records whose keys are a user's
        '@typescript-eslint/no-unnecessary-type-parameters': 'off',
        '@typescript-eslint/no-unsafe-class-instance-assignment': 'off', // types are structural here
        '@typescript-eslint/restrict-plus-operands': ['error', { allowNumberAndString: true }],
        '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
        '@typescript-eslint/consistent-type-imports': 'error',
        '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      },
    },
    { files: ['shared/**/*.ts'], ignores: ['**/*.test.ts'], rules: { ...pure, '@typescript-eslint/no-misused-promises': 'off' } },
    {
      files: ['renderer/**/*.{ts,vue}'],
      ignores: ['renderer/bridge.ts', '**/*.test.ts'],
      rules: {
        'no-restricted-globals': ['error', ...['WebSocket', 'fetch', 'XMLHttpRequest', 'EventSource', 'podwalk'].map(throughBridge)],
        'no-restricted-properties': [
          'error',
          ...['podwalk', 'WebSocket', 'fetch'].map((property) => ({ object: 'window', property, message: throughBridge('').message })),
        ],
      },
    },
    {
      files: ['**/*.vue'],
      languageOptions: { parserOptions: { parser: tseslint.parser } },
    },
    {
      files: ['renderer/**/*.vue'],
      rules: {
        'vue/multi-word-component-names': 'off', // a panel is called what it is
        'vue/block-lang': ['error', { script: { lang: 'ts' } }],
        'vue/no-v-html': 'error',
        // Prettier's business
        'vue/max-attributes-per-line': 'off',
        'vue/singleline-html-element-content-newline': 'off',
        'vue/multiline-html-element-content-newline': 'off',
        'vue/html-self-closing': 'off',
        'vue/html-indent': 'off',
        'vue/html-closing-bracket-newline': 'off',
        'vue/first-attribute-linebreak': 'off',
      },
    },
    {
      // Scripts and the oracle's harness are plain JavaScript.
      files: ['**/*.{js,mjs,cjs}'],
      ...tseslint.configs.disableTypeChecked,
      rules: { ...tseslint.configs.disableTypeChecked.rules, 'podwalk/no-floating-generators': 'off', '@typescript-eslint/no-require-imports': 'off' },
    },
  );

export default createConfig(import.meta.dirname);
