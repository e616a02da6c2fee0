package dev.sternpost.tidy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** What a module's pom.xml declares. */
record Pom(String folder, String artifact, List<Dependency> dependencies) {
    static final String OWN_GROUP = "dev.sternpost";

    /** A dependency; an empty scope means compile. */
    record Dependency(String group, String artifact, String scope, String type) {
        boolean own() {
            return group.equals(OWN_GROUP);
        }

        boolean forTestsOnly() {
            return scope.equals("test");
        }
    }

    /** The modules of the build, in the order of the root POM. */
    static List<Pom> modules() {
        Element root = parse(Path.of("pom.xml"));
        List<Pom> poms = new ArrayList<>();
        for (Element module : children(child(root, "modules"), "module")) {
            String folder = module.getTextContent().strip();
            Element project = parse(Path.of(folder, "pom.xml"));
            poms.add(new Pom(folder, text(project, "artifactId"), dependencies(project)));
        }
        return poms;
    }

    /** The modules that this one's product needs. */
    List<String> arrows() {
        return ownArtifacts(false);
    }

    /** The modules that only its tests need. */
    List<String> testArrows() {
        return ownArtifacts(true);
    }

    String name() {
        return shortName(artifact);
    }

    private List<String> ownArtifacts(boolean forTests) {
        return dependencies.stream()
                .filter(d -> d.own() && d.forTestsOnly() == forTests)
                .map(d -> shortName(d.artifact()))
                .distinct()
                .sorted()
                .toList();
    }

    private static String shortName(String artifact) {
        return artifact.replaceFirst("^sternpost-", "");
    }

    private static List<Dependency> dependencies(Element project) {
        List<Dependency> list = new ArrayList<>();
        if (project.getElementsByTagName("dependencies").getLength() > 0) {
            for (Element d : children(child(project, "dependencies"), "dependency")) {
                list.add(new Dependency(text(d, "groupId"), text(d, "artifactId"), text(d, "scope"), text(d, "type")));
            }
        }
        return list;
    }

    private static Element parse(Path relative) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            Document document = factory.newDocumentBuilder()
                    .parse(Repository.ROOT.resolve(relative).toFile());
            return document.getDocumentElement();
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new AssertionError("cannot read " + relative, e);
        }
    }

    private static Element child(Element parent, String name) {
        List<Element> found = children(parent, name);
        if (found.isEmpty()) {
            throw new AssertionError("no <" + name + "> in <" + parent.getTagName() + ">");
        }
        return found.getFirst();
    }

    private static String text(Element parent, String name) {
        List<Element> found = children(parent, name);
        return found.isEmpty() ? "" : found.getFirst().getTextContent().strip();
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> list = new ArrayList<>();
        NodeList nodes = parent.getChildNodes();
        for (int i = 0; i < nodes.getLength(); i++) {
            Node node = nodes.item(i);
            if (node instanceof Element element && element.getTagName().equals(name)) {
                list.add(element);
            }
        }
        return list;
    }
}
