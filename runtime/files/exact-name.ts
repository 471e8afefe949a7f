/** What {@link isExact} asks of a folder. */
export interface Names {
  /** Which file or folder the system finds under a name: its device and inode; undefined for none. */
  identity(name: string): Promise<string | undefined>;
  list(): Promise<readonly string[]>;
}

/**
 * Whether a folder has an entry of exactly this name, or none that the system would take for it. Where names that differ in case are one (Windows, macOS,
 * folders of Linux that were made so), or files have second, shorter names, `authorize` must not be asked about one spelling and another one opened.
 */
export async function isExact(name: string, names: Names): Promise<boolean> {
  const found = await names.identity(name);
  if (found === undefined) return true;
  const upper = name.toUpperCase();
  const other = upper === name ? name.toLowerCase() : upper;
  // Where case counts this ends here, but for names that really are there twice.
  if (other !== name && (await names.identity(other)) !== found) return true;
  return other === name || (await names.list()).includes(name);
}
