package dev.sternpost.tidy;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of documentation whose table rows must be the constants of an enum, and the enum itself. */
final class Catalogue {
    private static final Pattern ROW = Pattern.compile("(?m)^\\|(.*)\\|$");
    private static final Pattern CODE = Pattern.compile("`([A-Za-z][\\w.]*)`");

    private Catalogue() {}

    /** The rows of all tables of a page that name something as code in one of their first two cells, by that name. */
    static Map<String, String> rows(Path page) {
        Map<String, String> rows = new TreeMap<>();
        Matcher row = ROW.matcher(Repository.read(page));
        while (row.find()) {
            String[] cells = row.group(1).split("\\|", -1);
            for (int i = 0; i < Math.min(2, cells.length); i++) {
                Matcher name = CODE.matcher(cells[i].strip());
                if (name.matches() && rows.put(name.group(1), row.group(1)) != null) {
                    throw new AssertionError(page + " has two rows for " + name.group(1));
                }
            }
        }
        return rows;
    }

    static List<Enum<?>> constantsOf(String className) {
        try {
            List<Enum<?>> constants = new ArrayList<>();
            for (Object constant : Class.forName(className).getEnumConstants()) {
                constants.add((Enum<?>) constant);
            }
            return constants;
        } catch (ClassNotFoundException e) {
            throw new AssertionError("no " + className + " any more; adapt this check", e);
        }
    }

    /** Calls a public accessor of a constant, such as {@code number}. */
    static Object valueOf(Enum<?> constant, String accessor) {
        try {
            return constant.getDeclaringClass().getMethod(accessor).invoke(constant);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            throw new LinkageError(constant + " has no " + accessor + "() any more; adapt this check", e);
        }
    }
}
