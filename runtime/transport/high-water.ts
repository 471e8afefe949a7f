/** Bytes not yet handed to the kernel above which `write` asks to stop: what fills a link of 100 Mbit/s for 80 ms. */
export const HIGH_WATER_BYTES: number = 1024 * 1024;
