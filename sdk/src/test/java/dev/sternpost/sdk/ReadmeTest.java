package dev.sternpost.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page tells people to type works. */
class ReadmeTest {
    @Test
    void the_example_compiles(@TempDir Path classes) throws IOException {
        String page = Files.readString(Path.of(System.getProperty("sternpost.root", ".."), "sdk", "README.md"));
        int begin = page.indexOf("```java\n") + "```java\n".length();
        String source = page.substring(begin, page.indexOf("```", begin));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter problems = new StringWriter();

        boolean compiled = compiler.getTask(
                        problems,
                        null,
                        null,
                        List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path")),
                        null,
                        List.of(new Source("PowerOnWeb1", source)))
                .call();

        assertThat(compiled).as(problems.toString()).isTrue();
        assertThat(classes.resolve("PowerOnWeb1.class")).exists();
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String className, String text) {
            super(URI.create("string:///" + className + JavaFileObject.Kind.SOURCE.extension), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
