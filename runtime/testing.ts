/** What tests of programs on zserver need: time that a test owns, networks inside one process, and the suite that every transport passes. */
export { ManualClock, type ManualClockOptions } from "./time/manual-clock.ts";
export { TimerWheel, type TimerWheelOptions } from "./time/timer-wheel.ts";
export type { Timer, Timers } from "./time/timers.ts";
export { type MemoryPipeOptions, memoryPipe } from "./transport/memory.ts";
export { type MemoryNetwork, memoryNetwork } from "./transport/memory-network.ts";
export type { TransportHarness } from "./transport/suite/case.ts";
export { type TransportCase, transportCases } from "./transport/suite/suite.ts";
export type { Transport, TransportClose, TransportEvents } from "./transport/transport.ts";
