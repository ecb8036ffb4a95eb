/** Goal: templates print what Go prints. Method: data here, expected texts as kubectl and Go's documentation show them. */
import { expect, test } from 'vitest';
import { compileTemplate } from './index.ts';

const DATA = {
  name: 'web',
  count: 2,
  ratio: 1.5,
  isReady: true,
  labels: { b: '2', a: '1' },
  items: [{ name: 'x', ip: '10.0.0.1' }, { name: 'y' }],
  empty: [],
};

test.each([
  ['{{.name}} {{.count}} {{.ratio}} {{.isReady}}', 'web 2 1.5 true'],
  ['{{.labels}} {{.items}}', 'map[a:1 b:2] [map[ip:10.0.0.1 name:x] map[name:y]]'],
  ['{{.nope}} {{len .items}} {{index .items 1 "name"}} {{(index .items 0).ip}}', '<no value> 2 y 10.0.0.1'],
  ['{{range .items}}{{.name}},{{end}}', 'x,y,'],
  ['{{range $i, $one := .items}}{{$i}}={{$one.name}} {{end}}', '0=x 1=y '],
  ['{{range $key, $value := .labels}}{{$key}}{{$value}}{{end}}', 'a1b2'],
  ['{{range .empty}}x{{else}}none{{end}}', 'none'],
  ['{{if eq .count 2}}two{{else if .isReady}}ready{{else}}other{{end}}', 'two'],
  ['{{if and .isReady (gt .count 1) (not .empty)}}yes{{end}}', 'yes'],
  ['{{with .labels}}{{.a}} {{$.name}}{{end}}', '1 web'],
  ['{{$x := .name}}{{$x | printf "%s-%s" "a" | len}}', '5'],
  ['{{printf "%-5s|%5d|%.2f|%q" .name .count .ratio .name}}', 'web  |    2|1.50|"web"'],
  ['a {{- " b " -}} c{{/* nothing */}}', 'a b c'],
  ['{{.name | html | printf "%s"}}{{"\\n"}}', 'web\n'],
  ['{{or .nope "else"}} {{and 0 1}} {{ne .name "x"}}', 'else 0 true'],
  ['{{.name', 'error: template: t:1: unclosed action'],
  ['{{range .items}}', 'error: template: t:1: unexpected EOF'],
  ['{{end}}', 'error: template: t:1: unexpected {{end}}'],
  ['{{nonsense}}', 'error: template: t:1: function "nonsense" not defined'],
  ['{{$y}}', 'error: template: t:1: undefined variable "$y"'],
  ['{{}}', 'error: template: t:1: missing value for command'],
  ['x\n{{.name.first}}', 'error: template: t:2:2: executing "t" at <.name.first>: can\'t evaluate field first in type string'],
  ['{{define "x"}}{{end}}', 'error: template: t:1: {{define}} is not modelled'],
])('%s', (source, expected) => {
  const template = compileTemplate(source, { name: 't' });
  const printed = template.ok ? template.value.run(DATA) : template;
  expect(printed.ok ? printed.value : `error: ${printed.error}`).toBe(expected);
});
