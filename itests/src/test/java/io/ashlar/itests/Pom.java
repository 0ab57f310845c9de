package io.ashlar.itests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/// What the tests need of a pom.
///
/// @param managed      dependency management, `group:artifact` to version, properties replaced
/// @param artifactItems coordinates `group:artifact[:classifier]` that the dependency plugin copies
record Pom(
        String artifactId,
        List<String> modules,
        List<Dependency> dependencies,
        Map<String, String> managed,
        List<String> artifactItems) {

    record Dependency(String group, String artifact, String scope) {}

    static Pom read(Path file) {
        try {
            var project = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(file.toFile())
                    .getDocumentElement();
            var properties = new HashMap<String, String>();
            children(project, "properties")
                    .forEach(p -> elements(p).forEach(e -> properties.put(e.getTagName(), text(e))));
            var managed = new HashMap<String, String>();
            descend(project, "dependencyManagement", "dependencies", "dependency")
                    .forEach(d -> {
                        String version = value(d, "version").replaceFirst("^\\$\\{(.*)}$", "$1");
                        managed.put(
                                value(d, "groupId") + ":" + value(d, "artifactId"),
                                properties.getOrDefault(version, version));
                    });
            var dependencies = descend(project, "dependencies", "dependency").stream()
                    .map(d -> new Dependency(value(d, "groupId"), value(d, "artifactId"), value(d, "scope")))
                    .toList();
            var modules = descend(project, "modules", "module").stream()
                    .map(Pom::text)
                    .toList();
            return new Pom(value(project, "artifactId"), modules, dependencies, managed, items(project));
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new IllegalStateException(file + " cannot be read", e);
        }
    }

    private static List<String> items(Element project) {
        var items = new ArrayList<String>();
        var found = project.getElementsByTagName("artifactItem");
        for (int i = 0; i < found.getLength(); i++) {
            var item = (Element) found.item(i);
            String classifier = value(item, "classifier");
            items.add(value(item, "groupId") + ":" + value(item, "artifactId")
                    + (classifier.isEmpty() ? "" : ":" + classifier));
        }
        return items;
    }

    private static List<Element> descend(Element from, String... path) {
        var level = List.of(from);
        for (String name : path) {
            level = level.stream().flatMap(e -> children(e, name).stream()).toList();
        }
        return level;
    }

    private static List<Element> children(Element parent, String name) {
        return elements(parent).stream()
                .filter(e -> e.getTagName().equals(name))
                .toList();
    }

    private static List<Element> elements(Element parent) {
        var elements = new ArrayList<Element>();
        for (Node n = parent.getFirstChild(); n != null; n = n.getNextSibling()) {
            if (n instanceof Element e) {
                elements.add(e);
            }
        }
        return elements;
    }

    private static String value(Element parent, String name) {
        var found = children(parent, name);
        return found.isEmpty() ? "" : text(found.getFirst());
    }

    private static String text(Element e) {
        return e.getTextContent().strip();
    }
}
