/**
 * Throws TypeError for an option that nobody knows: a misspelt option would otherwise be a default in disguise.
 *
 * @param where the function or object that the options belong to, for the message
 */
export function checkOptions(where: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new TypeError(`${where}: unknown option "${name}"; known are ${known.join(", ")}`);
  }
}
