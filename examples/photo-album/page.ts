import { CommandError, connect, stage } from "zserver";
import { Album, type Thumbnail } from "../../generated/example/album/v1/album.ts";

const THUMBNAIL_PIXELS = 160;

const input = document.querySelector<HTMLInputElement>("#input")!;
const uploads = document.querySelector<HTMLUListElement>("#uploads")!;
const photos = document.querySelector<HTMLDivElement>("#photos")!;
const large = document.querySelector<HTMLDialogElement>("#large")!;

const client = await connect({
  endpoints: [new URL("/album", location.href.replace("http", "ws")).href],
  serverKey: document.body.dataset.serverKey!,
});
const album = client.use(Album);

input.onchange = () => {
  const files = [...input.files!];
  // So that the same one can be chosen again.
  input.value = "";
  return Promise.all(files.map(upload));
};
document.ondragover = (event) => event.preventDefault();
document.ondrop = (event) => {
  event.preventDefault();
  return Promise.all([...event.dataTransfer!.files].map(upload));
};
large.onclick = () => large.close();

for await (const thumbnail of album.watch({})) show(thumbnail);

/** Sends a photo and its thumbnail ahead, then the one command that is about both. */
async function upload(file: File): Promise<void> {
  const line = document.createElement("li");
  const bar = document.createElement("progress");
  line.append(file.name, bar);
  uploads.append(line);
  try {
    const thumbnail = await stage(client, await shrink(file));
    const photo = await stage(client, file, { onSent: ({ bytes }) => (bar.value = bytes / file.size) });
    await album.add({ name: file.name, photo, thumbnail });
    for (const staged of [photo, thumbnail]) staged.release();
    line.remove();
  } catch (error) {
    line.append(CommandError.is(error) ? error.message : "this is no image that your browser knows");
    bar.remove();
  }
}

/** The browser has decoders for every format that it shows; a server of Node has none, and needs none. */
async function shrink(file: File): Promise<Blob> {
  const bitmap = await createImageBitmap(file, { resizeWidth: THUMBNAIL_PIXELS, resizeQuality: "high" });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("bitmaprenderer")!.transferFromImageBitmap(bitmap);
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 });
}

function show({ photo, jpeg }: Thumbnail): void {
  const image = document.createElement("img");
  image.src = URL.createObjectURL(new Blob([jpeg as Uint8Array<ArrayBuffer>], { type: "image/jpeg" }));
  image.alt = photo!.name;
  image.onclick = async () => {
    const blob = await album.download({ id: photo!.id });
    const whole = large.querySelector("img")!;
    URL.revokeObjectURL(whole.src);
    whole.src = URL.createObjectURL(await blob.blob({ maxBytes: 100_000_000 }));
    large.showModal();
  };
  photos.prepend(image);
}
