/** How a benchmark prints its figures: one a line, then how they were taken. */

/** @param {number[]} values */
export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
};

/** @param {string} title @param {string} how @param {[name: string, value: string][]} figures */
export function report(title, how, figures) {
  const width = Math.max(...figures.map(([name]) => name.length));
  console.log(`\n${title}`);
  for (const [name, value] of figures) console.log(`  ${name.padEnd(width)}  ${value}`);
  console.log(`  (${how})`);
}

/** @param {number} value */
export const ms = (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
/** @param {number} bytesPerSecond */
export const speed = (bytesPerSecond) => `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`;
/** @param {number} value */
export const count = (value) => Math.round(value).toLocaleString('en-US');
/** @param {number} value */
export const ratio = (value) => value.toFixed(2);
