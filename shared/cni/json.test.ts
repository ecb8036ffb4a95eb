/** Goal: texts that are no JSON are refused in Go's words. Method: each text beside what json.Unmarshal of Go says of it. */
import { expect, it } from 'vitest';
import { parseJson } from './json.ts';

it.each([
  ['', 'unexpected end of JSON input'],
  ['  \n', 'unexpected end of JSON input'],
  ['hello', "invalid character 'h' looking for beginning of value"],
  ['nonsense', "invalid character 'o' in literal null (expecting 'u')"],
  ['tru', 'unexpected end of JSON input'],
  ['trust', "invalid character 's' in literal true (expecting 'e')"],
  ["'a'", "invalid character '\\'' looking for beginning of value"],
  ['{', 'unexpected end of JSON input'],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"', `invalid character '"' after object key:value pair`],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a":[1 2]}', "invalid character '2' after array element"],
  ['{"a":[1,]}', "invalid character ']' looking for beginning of value"],
  ['{"a":-}', "invalid character '}' in numeric literal"],
  ['{"a":1.x}', "invalid character 'x' after decimal point in numeric literal"],
  ['{"a":1e}', "invalid character '}' in exponent of numeric literal"],
  ['{"a":"x\ny"}', "invalid character '\\n' in string literal"],
  ['{"a":"\\x"}', "invalid character 'x' in string escape code"],
  ['{"a":"\\u12g4"}', "invalid character 'g' in \\u hexadecimal character escape"],
  ['{"a":{"b":"c"}', 'unexpected end of JSON input'],
  ['{} trailing', "invalid character 't' after top-level value"],
  ['[1]', 'json: cannot unmarshal array into Go value of type struct'],
  ['"x"', 'json: cannot unmarshal string into Go value of type struct'],
  ['true', 'json: cannot unmarshal bool into Go value of type struct'],
  ['7', 'json: cannot unmarshal number into Go value of type struct'],
])('%j', (text, error) => {
  expect(parseJson(text)).toEqual({ ok: false, error });
});
it('takes what is JSON', () => {
  expect(parseJson('{"a":[1,{"b":null}],"c":"\\u00e9\\n"}')).toEqual({ ok: true, value: { a: [1, { b: null }], c: 'é\n' } });
});
