import { suite } from "uvu";
import * as assert from "uvu/assert";
import { markdownOf } from "../../../codegen/docs/markdown.ts";

const test = suite("docs/markdown");

const cases: readonly (readonly [comment: string, markdown: string])[] = [
  [" Text with *stress*, a < b, and `map<string, int32>`. ", "Text with *stress*, a < b, and `map<string, int32>`."],
  ["</script><script>x</script><!-- <?", "&lt;/script>&lt;script>x&lt;/script>&lt;!-- &lt;?"],
  ["<javascript:alert(1)>", "&lt;javascript:alert(1)>"],
  ["``a ` <b>`` <b>", "``a ` &lt;b>`` &lt;b>"],
  ["\\`<b>` <b>", "\\`&lt;b>` &lt;b>"],
  ["`open\n\n# <b>`", "`open\n\n# &lt;b>`"],
  ["`one` <b> `two <b>`", "`one` &lt;b> `two <b>`"],
];

test("a name with two underscores is not stressed", () => {
  assert.is(
    markdownOf("Never __proto__, but `__x__` and \\__y__ and a_b."),
    "Never \\_\\_proto\\_\\_, but `__x__` and \\__y\\_\\_ and a_b.",
  );
});

for (const [comment, markdown] of cases) {
  test(`no HTML of ${JSON.stringify(comment)}`, () => {
    assert.is(markdownOf(comment), markdown);
  });
}

test.run();
