using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.Migrations
{
    /// <inheritdoc />
    public partial class KeyPasses : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "KeyPasses",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Location = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Kid = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    BeganAt = table.Column<long>(type: "INTEGER", nullable: false),
                    AuditAfter = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    AuditDone = table.Column<bool>(type: "INTEGER", nullable: false),
                    After = table.Column<Guid>(type: "TEXT", nullable: true),
                    Again = table.Column<Guid>(type: "TEXT", nullable: true),
                    Until = table.Column<Guid>(type: "TEXT", nullable: true),
                    LeaseUntil = table.Column<long>(type: "INTEGER", nullable: true),
                    Rewrapped = table.Column<long>(type: "INTEGER", nullable: false),
                    Unreadable = table.Column<long>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_KeyPasses", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_KeyPasses_Location_BeganAt",
                table: "KeyPasses",
                columns: new[] { "Location", "BeganAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "KeyPasses");
        }
    }
}
