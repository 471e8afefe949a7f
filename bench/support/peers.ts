/**
 * What loads the contender that a module of bench/peers exports, by its path there. Its types do not follow: what it imports need not be installed. The load then
 * rejects with ERR_MODULE_NOT_FOUND.
 */
export const peer =
  <Contender>(path: string): (() => Promise<Contender>) =>
  async () =>
    ((await importPeer(path)) as { readonly contender: Contender }).contender;

export const importPeer = (path: string): Promise<unknown> => import(`../peers/${path}.ts`);
