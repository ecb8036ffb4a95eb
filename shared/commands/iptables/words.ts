/** Words of a line of a saved ruleset: separated by blanks, in double quotes with backslashes where they contain some (add_param_to_argv). */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let isOpen = false;
  let isEscaped = false;
  for (const char of line) {
    if (isOpen) {
      if (isEscaped) {
        word += char;
        isEscaped = false;
      } else if (char === '\\') isEscaped = true;
      else if (char === '"') {
        isOpen = false;
        words.push(word);
        word = '';
      } else word += char;
      continue;
    }
    if (char === '"') isOpen = true;
    else if (char !== ' ' && char !== '\t' && char !== '\n') word += char;
    else if (word !== '') {
      words.push(word);
      word = '';
    }
  }
  if (word !== '') words.push(word);
  return words;
}
