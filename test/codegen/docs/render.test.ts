import { suite } from "uvu";
import * as assert from "uvu/assert";
import { renderDocs } from "../../../codegen/docs/render.ts";
import { readTexts } from "../read/read-text.ts";

const schema = `// Meeting and talking.
syntax = "proto3";
package lobby.v1;
import "zserver/options.proto";

// Where players meet.
service Lobby {
  // Enters a room.
  rpc Join(JoinRequest) returns (JoinReply) {
    option (zserver.command) = { timeout_ms: 3000, errors: "RoomFull", ordered: true };
  }
  // Says a line.
  // Deprecated: use Talk.
  rpc Say(ChatLine) returns (zserver.None) {
    option deprecated = true;
  }
  rpc Talk(stream ChatLine) returns (stream ChatLine) {
    option deprecated = true;
  }
}
message JoinRequest {
  // The room, or
  // a | new one.
  string room = 1;
  optional int32 seat = 2 [deprecated = true];
  map<string, Kind> kinds = 3;
  oneof who {
    bytes token = 4;
    Kind guest = 5;
  }
  // Who a player is.
  enum Kind {
    KIND_UNSPECIFIED = 0;
  }
}
message JoinReply {}
message ChatLine {
  repeated JoinRequest.Kind kinds = 1;
}
message RoomFull {}
`;

function read(text: string): NonNullable<ReturnType<typeof readTexts>["schema"]> {
  const { schema: model, diagnostics } = readTexts({ "lobby/v1/lobby.proto": text });
  assert.equal(diagnostics ?? [], []);
  return model!;
}

const test = suite("docs/render");

test("a page says of each command what it takes and gives, and of each field what it holds", () => {
  assert.is(
    renderDocs(read(schema)),
    `# lobby.v1

Meeting and talking.

## <a id="lobby.v1.Lobby"></a>Lobby

Where players meet.

Handled by: server.

### <a id="lobby.v1.Lobby.Join"></a>Join

Enters a room.

\`lobby.v1.Lobby/Join\`: request and reply. Takes [JoinRequest](#lobby.v1.JoinRequest), gives [JoinReply](#lobby.v1.JoinReply). Deadline: 3000 ms. The next command starts when it has ended. Errors may carry [RoomFull](#lobby.v1.RoomFull).

### <a id="lobby.v1.Lobby.Say"></a>Say

**Deprecated:** use Talk. Says a line.

\`lobby.v1.Lobby/Say\`: one-way. Takes [ChatLine](#lobby.v1.ChatLine).

### <a id="lobby.v1.Lobby.Talk"></a>Talk

**Deprecated.**

\`lobby.v1.Lobby/Talk\`: streams both ways. Takes a stream of [ChatLine](#lobby.v1.ChatLine), gives a stream of [ChatLine](#lobby.v1.ChatLine).

## <a id="lobby.v1.JoinRequest"></a>JoinRequest

| field | number | type | |
|---|---:|---|---|
| \`room\` | 1 | \`string\` | The room, or a \\| new one. |
| \`seat\` | 2 | optional \`int32\` | **Deprecated.** |
| \`kinds\` | 3 | map from string to [JoinRequest.Kind](#lobby.v1.JoinRequest.Kind) | |
| \`token\` | 4 | \`bytes\` | One of \`who\`. |
| \`guest\` | 5 | [JoinRequest.Kind](#lobby.v1.JoinRequest.Kind) | One of \`who\`. |

## <a id="lobby.v1.JoinReply"></a>JoinReply

No fields.

## <a id="lobby.v1.ChatLine"></a>ChatLine

| field | number | type | |
|---|---:|---|---|
| \`kinds\` | 1 | repeated [JoinRequest.Kind](#lobby.v1.JoinRequest.Kind) | |

## <a id="lobby.v1.RoomFull"></a>RoomFull

No fields.

## <a id="lobby.v1.JoinRequest.Kind"></a>JoinRequest.Kind

Who a player is.

| value | number | |
|---|---:|---|
| \`KIND_UNSPECIFIED\` | 0 | |
`,
  );
});

test("a page says how a command is delivered, and what it may do", () => {
  const text = `syntax = "proto3";
package a;
import "zserver/options.proto";
service S {
  rpc Move(M) returns (zserver.None) { option (zserver.command) = { delivery: VOLATILE, critical: true, priority: HIGH }; }
  rpc Watch(M) returns (stream M) { option (zserver.command) = { idle_timeout_ms: 500, max_bytes: 700, priority: BULK }; }
}
message M {}
`;
  const page = renderDocs(read(text));
  assert.match(page, "one-way. Takes [M](#a.M). It is sent once or not at all. It runs in an overload too. Priority: HIGH.\n");
  assert.match(
    page,
    "gives a stream of [M](#a.M). It ends when nothing passes for 500 ms. Its messages have at most 700 bytes. Priority: BULK.\n",
  );
});

test("a page calls a blob a blob, however it travels", () => {
  const text = `syntax = "proto3";
package a;
import "zserver/blob.proto";
import "zserver/options.proto";
service S {
  rpc Put(zserver.Blob) returns (M) { option (zserver.command).in_lane = true; }
  rpc Get(stream M) returns (zserver.Blob) { option (zserver.command).max_bytes = 1000; }
}
message M {}
`;
  const page = renderDocs(read(text));
  assert.match(page, "`a.S/Put`: a blob, a reply. Takes `zserver.Blob`, gives [M](#a.M). Later commands start when the blob has come.");
  assert.match(
    page,
    "`a.S/Get`: a stream of requests, a blob. Takes a stream of [M](#a.M), gives `zserver.Blob`. Its blob has at most 1000 bytes. Priority: BULK.",
  );
});

test("a page says since when things are there, where that is not said around them", () => {
  const since = new Map([
    ["lobby.v1.Lobby", "1.0.0"],
    ["lobby.v1.Lobby.Join", "1.0.0"],
    ["lobby.v1.Lobby.Talk", "1.2.0"],
    ["lobby.v1.JoinRequest", "1.0.0"],
    ["lobby.v1.JoinRequest.room", "1.0.0"],
    ["lobby.v1.JoinRequest.token", "1.1.0"],
    ["lobby.v1.JoinRequest.Kind", "1.1.0"],
    ["lobby.v1.JoinRequest.Kind.KIND_UNSPECIFIED", "2.0.0"],
  ]);
  const page = renderDocs(read(schema), { since });
  assert.match(page, "Handled by: server. Since 1.0.0.\n");
  assert.match(page, /Lobby\/Talk`: .* a stream of \[ChatLine\]\(#lobby\.v1\.ChatLine\)\. Since 1\.2\.0\.\n/);
  assert.match(page, "JoinRequest\n\nSince 1.0.0.\n\n| field");
  assert.match(page, "One of `who`. Since 1.1.0. |\n");
  assert.match(page, "Who a player is.\n\nSince 1.1.0.\n\n| value");
  assert.match(page, "| `KIND_UNSPECIFIED` | 0 | Since 2.0.0. |");
  assert.is(page.match(/Since/g)!.length, 6);
});

test("a template of the user's own sees the same view", () => {
  const template = "{{#each packages}}{{#each services}}{{name}}: {{#each commands}}{{name}} {{/each}}{{/each}}{{/each}}";
  assert.is(renderDocs(read(schema), { template }), "Lobby: Join Say Talk\n");
});

test.run();
