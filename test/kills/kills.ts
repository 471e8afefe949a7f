import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as assert from "uvu/assert";
import { download, type Transferred } from "../../runtime/files/client/download.ts";
import { upload } from "../../runtime/files/client/upload.ts";
import { type Client, connect } from "../../runtime/index.ts";
import { caught } from "../support/command/assert-error.ts";
import { bytesOf } from "../support/files/desk.ts";
import type { SimRandom } from "../sim/random.ts";
import { bundleChild } from "./bundle.ts";
import { type Child, type Direction, FILE_BYTES, offsets, RANGE_BYTES } from "./plan.ts";

export interface KillsOptions {
  /** Who is killed. */
  readonly victim: "client" | "server";
  readonly direction: Direction;
  readonly kills: number;
  readonly random: SimRandom;
}

/** What a run shows. */
export interface Survived {
  readonly transfers: number;
  /** Bytes that did not have to come again after a kill. */
  readonly resumedBytes: number;
}

interface Address {
  readonly endpoint: string;
  readonly serverKey: string;
}

/** Transfers a file again and again, kills a process on the way, goes on with another one, and checks that what arrives is the file, that nothing was visible before, and nothing is left. */
export async function survive({ victim, direction, kills, random }: KillsOptions): Promise<Survived> {
  const scene = new Scene(direction, await bundleChild());
  let resumedBytes = 0;
  try {
    await scene.serve();
    const transfers = offsets(kills, random);
    for (const [seed, stops] of transfers.entries()) {
      scene.lay(seed);
      for (const killAt of stops) {
        await (victim === "client" ? scene.killClient(killAt) : scene.killServer(killAt));
        assert.not(existsSync(scene.target), `visible after a kill at ${killAt}`);
      }
      const last = await scene.transfer(await scene.connect());
      resumedBytes += last.resumedBytes;
      scene.check();
    }
    return { transfers: transfers.length, resumedBytes };
  } finally {
    await scene.end();
  }
}

/** Folders, a server in a process of its own, and clients here and in others. */
class Scene {
  readonly #direction: Direction;
  /** The program of its other processes. */
  readonly #program: string;
  readonly #top = mkdtempSync(path.join(tmpdir(), "zserver-kills-"));
  readonly #clients: Client[] = [];
  #server: ChildProcess | undefined;
  #address: Address | undefined;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(direction: Direction, program: string) {
    this.#direction = direction;
    this.#program = program;
    for (const name of ["shown", "here"]) mkdirSync(path.join(this.#top, name));
  }

  get #source(): string {
    return path.join(this.#top, this.#direction === "up" ? "here" : "shown", "file");
  }

  get target(): string {
    return path.join(this.#top, this.#direction === "up" ? "shown" : "here", "file");
  }

  /** The file here, whichever end of the transfer it is. */
  get #file(): string {
    return path.join(this.#top, "here", "file");
  }

  /** A file that is another one than before. */
  lay(seed: number): void {
    this.#bytes = bytesOf(FILE_BYTES, seed + 1);
    rmSync(this.target, { force: true });
    writeFileSync(this.#source, this.#bytes);
  }

  check(): void {
    assert.ok(readFileSync(this.target).equals(this.#bytes), "the file is another one");
    assert.equal(readdirSync(path.join(this.#top, ".shown.uploads")), []);
    assert.equal(readdirSync(path.join(this.#top, "here")), ["file"]);
  }

  /** Starts a server, at the address of the one before. */
  async serve(): Promise<void> {
    const port = this.#address === undefined ? 0 : Number(new URL(this.#address.endpoint).port);
    this.#server = this.#start({ role: "server", directory: path.join(this.#top, "shown"), port });
    const [address] = (await once(this.#server, "message")) as [Address];
    this.#address = address;
  }

  async connect(): Promise<Client> {
    const { endpoint, serverKey } = this.#address!;
    const client = await connect({ endpoints: [endpoint], serverKey, retentionMs: 0, log: () => {} });
    this.#clients.push(client);
    return client;
  }

  transfer(client: Client, onProgress: (progress: { readonly bytes: number }) => void = () => {}): Promise<Transferred> {
    const options = { sessions: [client], path: "public/file", onProgress };
    if (this.#direction === "up") return upload({ ...options, from: this.#file });
    return download({ ...options, to: this.#file, rangeBytes: RANGE_BYTES });
  }

  async killClient(killAt: number): Promise<void> {
    const child = this.#start({ role: "client", direction: this.#direction, file: this.#file, killAt, ...this.#address! });
    const [code, signal] = await once(child, "exit");
    assert.equal([code, signal], [null, "SIGKILL"]);
  }

  async killServer(killAt: number): Promise<void> {
    const server = this.#server!;
    const gone = once(server, "exit");
    const error = await caught(this.transfer(await this.connect(), ({ bytes }) => bytes >= killAt && server.kill("SIGKILL")));
    assert.match(String(error), /the session ended before it did/);
    assert.equal(await gone, [null, "SIGKILL"]);
    await this.serve();
  }

  #start(child: Child): ChildProcess {
    return fork(this.#program, [JSON.stringify(child)], { execArgv: [] });
  }

  async end(): Promise<void> {
    for (const client of this.#clients) await client.close();
    if (this.#server?.exitCode === null && this.#server.signalCode === null) {
      this.#server.kill("SIGKILL");
      await once(this.#server, "exit");
    }
    rmSync(this.#top, { recursive: true, force: true });
    rmSync(this.#program);
  }
}
