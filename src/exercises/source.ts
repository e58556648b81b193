/**
 * Whether two functions are the same program, however they were compiled.
 *
 * A cell's function went through TypeScript (types gone, names of other cells written as `exports.name`), the given
 * one through Node's type stripping. What both keep is the order of names, literals and operators, so these are
 * compared, without comments, line breaks, brackets, commas and the prefixes that a compiler puts before a name.
 */
export async function sameProgram(one: () => unknown, other: () => unknown): Promise<boolean> {
  const { tokenizer } = await import('acorn');
  const words = (fn: () => unknown): string => {
    const found: string[] = [];
    for (const token of tokenizer(`(${fn.toString()})`, { ecmaVersion: 'latest' })) {
      // The tokenizer sets the value, which acorn's types leave out; a regular expression's holds its pattern.
      const { value } = token as { value?: unknown };
      const word =
        value === undefined ? token.type.label : typeof value === 'object' ? JSON.stringify(value) : `${value}`;
      if (!ignored.test(word)) found.push(word);
    }
    return found.join(' ');
  };
  return words(one) === words(other);
}

const ignored = /^([(),.;]|exports|interleaved_\d+|0)$/;
