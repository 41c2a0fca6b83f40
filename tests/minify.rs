//! What the build takes out of the widget's files changes nothing of what they mean.

#[path = "../build/minify.rs"]
mod minify;

#[test]
fn scripts_lose_comments_and_idle_space_alone() {
    let check = |source: &str, small: &str| assert_eq!(minify::script(source), small, "{source}");
    check(
        "// a\nconst a = 1; /* b */ const b = 2;\n",
        "const a=1;const b=2;",
    );
    check("const a = 'x // y  z';\n", "const a='x // y  z';");
    check("a = b\n(c)", "a=b(c)".replace("b(", "b\n(").as_str());
    check(
        "return /[/'\"]\\/ +/g.test(a) / 2",
        "return /[/'\"]\\/ +/g.test(a)/ 2",
    );
    check(
        "`a  ${b ? `c  ${ d }` : ' } '} // e`",
        "`a  ${b?`c  ${d}`:' } '} // e`",
    );
    check("a + +b - -c", "a + +b - -c");
    check("if (a) {\n  b();\n}\nelse c();\n", "if(a){b();}\nelse c();");
    check("x\n  .map((y) => y)\n  .z;", "x.map((y)=>y).z;");
    check(
        "const a = 'it\\'s' + \"\\\"\";",
        "const a='it\\'s' + \"\\\"\";",
    );
}

#[test]
fn style_sheets_keep_the_space_that_selects() {
    let check = |source: &str, small: &str| assert_eq!(minify::style(source), small, "{source}");
    check(
        "/* a */ .b  :lang(ja) { color : red; top: calc(1px - 2px); }\n",
        ".b :lang(ja){color :red;top:calc(1px - 2px)}",
    );
    check(
        "@media (a) and (b) { c, d > e { f: g h } }",
        "@media (a) and (b){c,d > e{f:g h}}",
    );
}
