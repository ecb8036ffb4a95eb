/// <reference types="vite/client" />

/** For tools that do not read components; vue-tsc takes each component's own types. */
declare module '*.vue' {
  import type { DefineComponent } from 'vue';
  const component: DefineComponent<Record<string, unknown>>;
  export default component;
}
