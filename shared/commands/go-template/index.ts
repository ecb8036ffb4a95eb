/** go-template: Go's text/template over JSON data, for the programs that have it as an output format. */
export { compileTemplate, type TemplateFunction, type Value } from './execute.ts';
export { goSyntax, goValue } from './go-value.ts';
