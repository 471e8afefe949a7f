const MIB = 1024 * 1024;

/**
 * Bytes of the suite's long transfer in each direction. `ZSERVER_SUSTAINED_MIB=256` makes it as long as a transport should be run through
 * before it is published; every test run takes the small one.
 */
export const sustainedBytes: number = Number(process.env.ZSERVER_SUSTAINED_MIB ?? 16) * MIB;
