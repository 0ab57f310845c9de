package io.ashlar.cluster.zookeeper;

import io.ashlar.cluster.Member;
import io.ashlar.cluster.Membership;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.cache.ChildData;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;

/// Follows the members in ZooKeeper and keeps an immutable list of them. While there is no connection it keeps the last
/// one.
final class MemberView implements Membership, AutoCloseable {
    private final Member self;
    private final CuratorCache cache;
    private volatile List<Member> members = List.of();

    /// @param changed called after each change, on a thread of the client; must not block
    MemberView(Member self, CuratorFramework client, Runnable changed) {
        this.self = self;
        this.cache = CuratorCache.build(client, ClusterTree.MEMBERS);
        cache.listenable()
                .addListener(CuratorCacheListener.builder()
                        .forAll((type, before, after) -> {
                            rebuild();
                            changed.run();
                        })
                        .build());
    }

    /// The tree must be there.
    void start() {
        cache.start();
    }

    private synchronized void rebuild() {
        members = cache.stream()
                .flatMap(node -> member(node).stream())
                .sorted(Comparator.comparing(Member::name))
                .toList();
    }

    /// What does not describe the member that its path names is not one.
    private static Optional<Member> member(ChildData node) {
        return MemberText.decode(node.getData())
                .filter(member -> ClusterTree.memberPath(member.name()).equals(node.getPath()));
    }

    @Override
    public Member self() {
        return self;
    }

    @Override
    public List<Member> members() {
        return members;
    }

    boolean showsSelf() {
        return members.contains(self);
    }

    @Override
    public void close() {
        cache.close();
    }
}
