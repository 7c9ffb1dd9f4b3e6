// swift-tools-version:5.9
import PackageDescription
/* .package(url: "no") */
let package = Package(
    name: "App",
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.60.0"), // c
        .package(name: "old", url: "https://u:p@github.com/a/old", .upToNextMinor(from: "1.0.0")),
        .package(path: "../local"),
        .package(id: "mona.Linked", "1.0.0"..<"2.0.0"),
        .package(url: base + "x", branch: "main"),
    ],
    targets: [
        .executableTarget(name: "app", dependencies: [.product(name: "NIO", package: "swift-nio"), .target(name: "Lib")]),
        .target(name: "Lib"),
        .testTarget(name: "LibTests"),
    ]
)
