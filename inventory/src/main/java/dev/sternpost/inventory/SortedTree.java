package dev.sternpost.inventory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted map. {@link #with} and {@link #without} cost O(log n) and share all but the changed path with
 * this map, so that each snapshot of 45,000 objects costs little more than the change that led to it.
 *
 * <p>An AVL tree (Adelson-Velsky and Landis, 1962) whose updates copy the path to the root.
 */
final class SortedTree<K extends Comparable<? super K>, V> {
    private final @Nullable Node<K, V> root;

    private SortedTree(@Nullable Node<K, V> root) {
        this.root = root;
    }

    static <K extends Comparable<? super K>, V> SortedTree<K, V> empty() {
        return new SortedTree<>(null);
    }

    /**
     * The map that holds these entries; costs O(n) beyond the sorting, where adding one by one would copy every path.
     *
     * @param entries each key at most once, in any order
     */
    static <K extends Comparable<? super K>, V> SortedTree<K, V> of(Collection<Map.Entry<K, V>> entries) {
        List<Map.Entry<K, V>> sorted = new ArrayList<>(entries);
        sorted.sort(Map.Entry.comparingByKey());
        return new SortedTree<>(built(sorted));
    }

    private static <K, V> @Nullable Node<K, V> built(List<Map.Entry<K, V>> sorted) {
        if (sorted.isEmpty()) {
            return null;
        }
        int middle = sorted.size() / 2;
        return new Node<>(
                sorted.get(middle).getKey(),
                sorted.get(middle).getValue(),
                built(sorted.subList(0, middle)),
                built(sorted.subList(middle + 1, sorted.size())));
    }

    int size() {
        return size(root);
    }

    @Nullable
    V get(K key) {
        Node<K, V> node = root;
        while (node != null) {
            int order = key.compareTo(node.key);
            if (order == 0) {
                return node.value;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    SortedTree<K, V> with(K key, V value) {
        return new SortedTree<>(put(root, key, value));
    }

    SortedTree<K, V> without(K key) {
        SortedTree<K, V> rest = new SortedTree<>(remove(root, key));
        return rest.size() == size() ? this : rest;
    }

    /**
     * The values whose keys lie in a range, in order, at most {@code limit} of them.
     *
     * @param position negative for a key below the range, 0 inside, positive above
     */
    List<V> range(ToIntFunction<? super K> position, int limit) {
        List<V> found = new ArrayList<>();
        collect(root, position, limit, found);
        return found;
    }

    /** All values in order. */
    List<V> values() {
        List<V> found = new ArrayList<>(size());
        collect(root, key -> 0, Integer.MAX_VALUE, found);
        return found;
    }

    private static <K, V> void collect(
            @Nullable Node<K, V> node, ToIntFunction<? super K> position, int limit, List<V> found) {
        if (node == null || found.size() >= limit) {
            return;
        }
        int here = position.applyAsInt(node.key);
        if (here >= 0) {
            collect(node.left, position, limit, found);
        }
        if (here == 0 && found.size() < limit) {
            found.add(node.value);
        }
        if (here <= 0) {
            collect(node.right, position, limit, found);
        }
    }

    private static <K extends Comparable<? super K>, V> Node<K, V> put(@Nullable Node<K, V> node, K key, V value) {
        if (node == null) {
            return new Node<>(key, value, null, null);
        }
        int order = key.compareTo(node.key);
        if (order < 0) {
            return balanced(node.key, node.value, put(node.left, key, value), node.right);
        }
        if (order > 0) {
            return balanced(node.key, node.value, node.left, put(node.right, key, value));
        }
        return new Node<>(key, value, node.left, node.right);
    }

    private static <K extends Comparable<? super K>, V> @Nullable Node<K, V> remove(@Nullable Node<K, V> node, K key) {
        if (node == null) {
            return null;
        }
        int order = key.compareTo(node.key);
        if (order < 0) {
            return balanced(node.key, node.value, remove(node.left, key), node.right);
        }
        if (order > 0) {
            return balanced(node.key, node.value, node.left, remove(node.right, key));
        }
        if (node.left == null) {
            return node.right;
        }
        if (node.right == null) {
            return node.left;
        }
        Node<K, V> next = first(node.right);
        return balanced(next.key, next.value, node.left, remove(node.right, next.key));
    }

    private static <K, V> Node<K, V> first(Node<K, V> node) {
        Node<K, V> first = node;
        while (first.left != null) {
            first = first.left;
        }
        return first;
    }

    /** A node over two subtrees whose heights differ by at most two. */
    private static <K, V> Node<K, V> balanced(K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        if (left != null && height(left) > height(right) + 1) {
            return leanedLeft(key, value, left, right);
        }
        if (right != null && height(right) > height(left) + 1) {
            return leanedRight(key, value, left, right);
        }
        return new Node<>(key, value, left, right);
    }

    private static <K, V> Node<K, V> leanedLeft(K key, V value, Node<K, V> left, @Nullable Node<K, V> right) {
        Node<K, V> middle = left.right;
        if (middle == null || height(left.left) >= height(middle)) {
            return new Node<>(left.key, left.value, left.left, new Node<>(key, value, middle, right));
        }
        return new Node<>(
                middle.key,
                middle.value,
                new Node<>(left.key, left.value, left.left, middle.left),
                new Node<>(key, value, middle.right, right));
    }

    private static <K, V> Node<K, V> leanedRight(K key, V value, @Nullable Node<K, V> left, Node<K, V> right) {
        Node<K, V> middle = right.left;
        if (middle == null || height(right.right) >= height(middle)) {
            return new Node<>(right.key, right.value, new Node<>(key, value, left, middle), right.right);
        }
        return new Node<>(
                middle.key,
                middle.value,
                new Node<>(key, value, left, middle.left),
                new Node<>(right.key, right.value, middle.right, right.right));
    }

    private static int size(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.size;
    }

    private static int height(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.height;
    }

    /** Greatest number of nodes on a way down; for tests. */
    int height() {
        return height(root);
    }

    private static final class Node<K, V> {
        final K key;
        final V value;
        final @Nullable Node<K, V> left;
        final @Nullable Node<K, V> right;
        final int height;
        final int size;

        Node(K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
            this.key = key;
            this.value = value;
            this.left = left;
            this.right = right;
            this.height = 1 + Math.max(height(left), height(right));
            this.size = 1 + size(left) + size(right);
        }
    }
}
